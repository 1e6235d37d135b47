import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A field of the request that was refused. */
export class FieldProblemDto {
  @ApiProperty({ example: 'config.root' })
  field!: string;

  @ApiProperty({ example: 'config.root must be an absolute path' })
  message!: string;
}

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

  @ApiPropertyOptional({
    type: () => [FieldProblemDto],
    description: 'With status 400: the fields at fault.',
  })
  errors?: FieldProblemDto[];

  @ApiPropertyOptional({
    example: 'urn:uuid:0b0c2f6e-7a1f-4b6e-9d7c-0d6f5c1e2a3b',
    description: "With status 500 and above: finds the server's log entry.",
  })
  instance?: string;
}
