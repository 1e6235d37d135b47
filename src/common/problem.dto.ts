import { ApiProperty } from '@nestjs/swagger';

/** RFC 9457 problem details; the body of every error. */
export class ProblemDto {
  @ApiProperty({
    example: 'urn:drawbridge:problem:not-found',
    description: 'Stable identifier of the kind of problem.',
  })
  type!: string;

  @ApiProperty({ example: 'Not found', description: 'The same for every occurrence of the type.' })
  title!: string;

  @ApiProperty({ example: 404 })
  status!: number;

  @ApiProperty({ example: 'There is no storage with this id.', description: 'What to do about it.' })
  detail!: string;

  @ApiProperty({ example: 'not-found', description: 'The last part of `type`.' })
  code!: string;

  @ApiProperty({ example: false, enum: [false] })
  success!: false;

  @ApiProperty({ example: 'There is no storage with this id.', description: 'The same text as `detail`.' })
  error!: string;
}
