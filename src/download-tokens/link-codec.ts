import type { DownloadLink } from './download-link.js';

/** Raised with every change of the document that an older release could misread. */
const FORMAT_VERSION = 2;

/** What documents of older formats lack: they meant this. */
const SINCE_FORMAT_2 = {
  confirm: 'connection',
  unconfirmedSince: null,
  sidecar: false,
  verification: null,
} as const;

/** A link as the JSON text that stores outside the process keep. */
export function encodeLink(link: DownloadLink): string {
  return JSON.stringify({ formatVersion: FORMAT_VERSION, ...link });
}

/** @throws Error when another release wrote it in a form that this one does not know */
export function decodeLink(text: string): DownloadLink {
  const { formatVersion, ...link } = JSON.parse(text) as DownloadLink & { formatVersion?: unknown };
  if (formatVersion === 1) return { ...SINCE_FORMAT_2, ...link };
  if (formatVersion !== FORMAT_VERSION)
    throw new Error(
      `A download link is stored in format ${String(formatVersion)}, and this release reads ${FORMAT_VERSION}. ` +
        'Do not run different releases on one store.',
    );
  return link;
}
