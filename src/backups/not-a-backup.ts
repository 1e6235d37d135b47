import { ProblemError } from '../common/problem.js';

/** A sidecar, or another file that only belongs to a backup. */
export const notABackup = () =>
  new ProblemError({
    status: 422,
    code: 'not-a-backup',
    title: 'Not a backup',
    detail: 'This file only describes a backup. Name the backup beside it.',
  });
