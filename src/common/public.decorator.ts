import { SetMetadata } from '@nestjs/common';

export const IS_PUBLIC = 'drawbridge:public';

/** The handler answers anybody. Everything that is neither public nor names permissions is refused. */
export const Public = () => SetMetadata(IS_PUBLIC, true);
