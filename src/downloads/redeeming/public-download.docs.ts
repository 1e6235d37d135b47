import { applyDecorators } from '@nestjs/common';
import {
  ApiHeader,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { REFUSAL_EXAMPLES } from '../../crypto/deciphers/refusal-examples.js';
import { tooManyBadTokens, tooManyStreams } from '../limits/limit-refusals.js';
import {
  fileChanged,
  linkBusy,
  linkInvalid,
  preconditionFailed,
  previewRefused,
  shuttingDown,
} from './refusals.js';
import { verificationRunning } from '../verification/verification-running.js';

const SUMMARIES = {
  GET: 'Download the file of a link',
  HEAD: 'Describe the file of a link, using nothing up',
  POST: "Download the file of a link (the browser page's button)",
};

const BODY_HEADERS: NonNullable<ApiResponseOptions['headers']> = {
  'Content-Length': {
    description: 'Always sent: a shorter body is a broken one.',
    schema: { type: 'integer' },
  },
  'Content-Disposition': { description: 'RFC 6266, with the name of the file.', schema: { type: 'string' } },
  ETag: { description: 'Strong; the same for every link to the same content.', schema: { type: 'string' } },
  'Repr-Digest': {
    description: 'RFC 9530, `sha-256` of the whole file, also with a part of it; only when it is known.',
    schema: { type: 'string', example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' },
  },
  'Accept-Ranges': { schema: { type: 'string', enum: ['bytes'] } },
};

const BINARY = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } as const;
const PAGE = { 'text/html': { schema: { type: 'string', example: '<!doctype html>...' } } } as const;

/** Documents one method of the public endpoint: its own statuses, and those that all of them share. */
export function ApiPublicDownload(method: 'GET' | 'HEAD' | 'POST') {
  return applyDecorators(
    ApiSecurity({}),
    ApiOperation({
      summary: SUMMARIES[method],
      description:
        'The token goes in the query or, without a trace in URLs, as `Authorization: Bearer <token>`. The link is ' +
        'used up only when the file has reached the client; a transfer that breaks gives it back. The end of the ' +
        'body is held back until the whole file is known to be authentic; if it is not, the connection breaks.',
    }),
    ApiQuery({
      name: 'token',
      required: false,
      description: 'The token of the link.',
      schema: { type: 'string' },
    }),
    ApiProduces('application/octet-stream'),
    ApiResponse({
      status: 200,
      description:
        method === 'GET' ? 'The whole file. To a browser: a page with a button.' : 'The whole file.',
      headers: BODY_HEADERS,
      ...(method === 'HEAD' ? {} : { content: method === 'GET' ? { ...BINARY, ...PAGE } : BINARY }),
    }),
    ...(method === 'GET' ? rangeAnswers() : []),
    ...(method === 'POST'
      ? []
      : [ApiResponse({ status: 304, description: 'If-None-Match names this version.' })]),
    ApiProblem(400, 'The token is missing', { 'token-missing': 'Use the link as it was given.' }),
    ApiProblem(401, linkInvalid().title, { 'link-invalid': linkInvalid().message }),
    ApiProblem(403, previewRefused().title, { 'preview-refused': previewRefused().message }),
    ApiProblem(409, 'Busy or changed', { busy: linkBusy().message, 'file-changed': fileChanged().message }),
    ApiProblem(412, preconditionFailed().title, { 'precondition-failed': preconditionFailed().message }),
    ApiProblem(422, 'Cannot be decrypted', REFUSAL_EXAMPLES),
    ApiProblem(429, tooManyBadTokens(0).title, { 'too-many-bad-tokens': tooManyBadTokens(0).message }),
    ApiProblem(500, 'Download failed', {
      'download-failed':
        'Download failed: the file could not be read or is damaged. The link is still valid.',
      'vault-sealed-with-other-key':
        'The key was stored under another ENCRYPTION_KEY. Start the service with that one.',
    }),
    ApiProblem(503, 'Not now', {
      'verification-running': verificationRunning().message,
      'shutting-down': shuttingDown().message,
      'too-many-streams': tooManyStreams().message,
      'store-unavailable': 'The link cannot be checked at the moment. Try again in a moment.',
    }),
  );
}

const rangeAnswers = () => [
  ApiHeader({
    name: 'Range',
    required: false,
    description: 'One range of bytes; several are answered with the whole.',
  }),
  ApiHeader({ name: 'If-Range', required: false, description: 'The ETag of the part that the client has.' }),
  ApiResponse({
    status: 206,
    description: 'The part of the file that Range asks for.',
    headers: BODY_HEADERS,
    content: BINARY,
  }),
  ApiProblem(416, 'Range not satisfiable', {
    'range-not-satisfiable': 'The file has 100 bytes; the range asked for starts after them.',
  }),
];
