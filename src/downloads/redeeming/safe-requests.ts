import type { Request } from 'express';

const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];
const PREFETCH = /prefetch|prerender|preview/i;

/** Programs that fetch every link they see in a chat or a mail, for a preview or a scan, by their own names. */
const PREVIEW_ROBOTS = new RegExp(
  [
    'slackbot',
    'slack-imgproxy',
    'whatsapp',
    'telegrambot',
    'discordbot',
    'twitterbot',
    'facebookexternalhit',
    'facebot',
    'meta-externalagent',
    'meta-externalfetcher',
    'linkedinbot',
    'skypeuripreview',
    'microsoftpreview',
    'msteams',
    'teamsbot',
    'bingpreview',
    'bingbot',
    'googlebot',
    'google-inspectiontool',
    'googleimageproxy',
    'google-pagerenderer',
    'googlemessages',
    'apple(bot|-pubsub)',
    'imessage',
    'viber',
    'line-poker',
    'kakaotalk-scrap',
    'mattermost',
    'rocket\\.chat',
    'zulip',
    'synapse',
    'matrix-media-repo',
    'mastodon',
    'pleroma',
    'bluesky',
    'pinterest(bot)?/',
    'redditbot',
    'vkshare',
    'w3c_validator',
    'embedly',
    'iframely',
    'quora link preview',
    'outbrain',
    'tumblr/',
    'yandex(bot|images|pagechecker)',
    'baiduspider',
    'duckduckbot',
    'petalbot',
    'ahrefsbot',
    'semrushbot',
    'barracuda',
    'mimecast',
    'proofpoint',
    'urldefense',
    'snap url preview',
    'zoombot',
    'webexteams',
    'nextcloud server crawler',
    'link ?preview',
    'unfurl',
  ].join('|'),
  'i',
);

/** A browser that guesses, or a robot that previews: nobody asked for the file. */
export function isPreview(request: Request): boolean {
  if (PREFETCH_HEADERS.some((name) => PREFETCH.test(String(request.headers[name] ?? '')))) return true;
  return PREVIEW_ROBOTS.test(request.headers['user-agent'] ?? '');
}

/** A person's browser that opens the link: it gets a page with a button instead of the file. */
export function isBrowserVisit(request: Request): boolean {
  return request.headers.range === undefined && /\btext\/html\b/i.test(request.headers.accept ?? '');
}
