import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { isBrowserVisit, isPreview } from './safe-requests.js';

const asked = (headers: Record<string, string>) => ({ headers }) as unknown as Request;
const by = (userAgent: string) => asked({ 'user-agent': userAgent });

/** As the programs send them. */
const ROBOTS = [
  ['Slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
  ['Slack', 'Slackbot 1.0 (+https://api.slack.com/robots)'],
  ['Slack images', 'Slack-ImgProxy (+https://api.slack.com/robots)'],
  ['WhatsApp', 'WhatsApp/2.23.20.0'],
  ['WhatsApp on Android', 'WhatsApp/2.23.18.78 A'],
  ['Signal', 'WhatsApp/2'],
  ['Telegram', 'TelegramBot (like TwitterBot)'],
  ['Discord', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'],
  ['X', 'Twitterbot/1.0'],
  ['Facebook', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
  ['Meta', 'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)'],
  [
    'iMessage',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  ],
  ['LinkedIn', 'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)'],
  [
    'Teams and Skype',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
  ],
  [
    'Outlook',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.4896.127 Safari/537.36 MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview',
  ],
  [
    'Bing',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/103.0.5060.134 Safari/537.36',
  ],
  [
    'Bing previews',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b',
  ],
  ['Google', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  [
    'Gmail images',
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
  ],
  ['Apple', 'Mozilla/5.0 (compatible; Applebot/0.3; +http://www.apple.com/go/applebot)'],
  ['Viber', 'Viber/13.3.0.5 CFNetwork/1121.2.2 Darwin/19.3.0'],
  ['Line', 'facebookexternalhit/1.1;line-poker/1.0'],
  ['KakaoTalk', 'facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/'],
  ['Mattermost', 'Mattermost-Bot/1.1'],
  ['Zulip', 'Mozilla/5.0 (compatible; ZulipURLPreview/1.0; +https://zulip.com)'],
  ['Matrix', 'Synapse (bot; +https://github.com/matrix-org/synapse)'],
  ['Mastodon', 'http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.example/)'],
  ['Bluesky', 'Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)'],
  ['Reddit', 'Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)'],
  ['Pinterest', 'Pinterest/0.2 (+https://www.pinterest.com/bot.html)'],
  ['Embedly', 'Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)'],
  ['Iframely', 'Iframely/1.3.1 (+https://iframely.com/docs/about)'],
  ['Snapchat', 'Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots'],
  ['VK', 'Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)'],
] as const;

const CLIENTS = [
  ['curl', 'curl/8.5.0'],
  ['an old curl', 'curl/7.29.0'],
  ['wget', 'Wget/1.21.3'],
  ['wget 2', 'Wget/2.1.0'],
  ['busybox wget', 'Wget'],
  ['aria2', 'aria2/1.36.0'],
  ['axel', 'Axel/2.17.11 (Linux)'],
  ['python-requests', 'python-requests/2.31.0'],
  ['urllib', 'Python-urllib/3.11'],
  ['httpx', 'python-httpx/0.27.0'],
  ['aiohttp', 'Python/3.11 aiohttp/3.9.1'],
  ['HTTPie', 'HTTPie/3.2.2'],
  ['PowerShell 7', 'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.1'],
  ['Windows PowerShell', 'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2506'],
  ['BITS', 'Microsoft BITS/7.8'],
  ['Go', 'Go-http-client/1.1'],
  ['Java', 'Java-http-client/17.0.9'],
  ['okhttp', 'okhttp/4.12.0'],
  ['node', 'node'],
  ['axios', 'axios/1.6.2'],
  ['rclone', 'rclone/v1.65.0'],
  ['Ansible', 'ansible-httpget'],
  ['Debian apt', 'Debian APT-HTTP/1.3 (2.6.1)'],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  [
    'Chrome',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  ],
  [
    'Edge',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
  ],
  [
    'Safari',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  ],
  [
    'Chrome on Android',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  ],
  [
    "Slack's own window",
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.243 Electron/30.1.0 Safari/537.36 Slack_SSB/4.39.90',
  ],
  [
    "Teams' own window",
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Teams/1.6.00.4472 Chrome/102.0.5005.167 Electron/19.1.8 Safari/537.36',
  ],
  [
    'Yandex Browser',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 YaBrowser/24.6.0.0 Safari/537.36',
  ],
  ['nothing', ''],
] as const;

describe('isPreview', () => {
  it.each(ROBOTS)('knows %s: %s', (_, userAgent) => {
    expect(isPreview(by(userAgent))).toBe(true);
    expect(isPreview(by(userAgent.toLowerCase()))).toBe(true);
  });

  it.each(CLIENTS)('lets %s through: %s', (_, userAgent) => {
    expect(isPreview(by(userAgent))).toBe(false);
  });

  it('lets a request without a user agent through', () => {
    expect(isPreview(asked({}))).toBe(false);
  });

  it.each([
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['sec-purpose', 'prefetch;anonymous-client-ip'],
    ['purpose', 'prefetch'],
    ['purpose', 'preview'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
    ['x-moz', 'Prefetch'],
  ])('knows a guess of the browser by %s: %s', (name, value) => {
    expect(isPreview(asked({ 'user-agent': 'Mozilla/5.0 Firefox/128.0', [name]: value }))).toBe(true);
  });

  it.each([
    ['sec-purpose', ''],
    ['sec-fetch-dest', 'document'],
    ['sec-fetch-mode', 'navigate'],
    ['referer', 'https://example.com/prefetch-preview'],
    ['accept', 'text/html'],
  ])('sees none in %s: %s', (name, value) => {
    expect(isPreview(asked({ [name]: value }))).toBe(false);
  });
});

describe('isBrowserVisit', () => {
  const FIREFOX = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  const CHROME =
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8';

  it.each([FIREFOX, CHROME, 'TEXT/HTML', 'application/xml, text/html;q=0.5'])(
    'is one: Accept: %s',
    (accept) => {
      expect(isBrowserVisit(asked({ accept }))).toBe(true);
    },
  );

  it.each(['*/*', '', 'application/json', 'application/octet-stream', 'text/*', 'text/html5', 'xtext/html'])(
    'is none: Accept: %s',
    (accept) => {
      expect(isBrowserVisit(asked({ accept }))).toBe(false);
    },
  );

  it('is none without Accept, and none when it asks for a range: that is a download going on', () => {
    expect(isBrowserVisit(asked({}))).toBe(false);
    expect(isBrowserVisit(asked({ accept: FIREFOX, range: 'bytes=0-' }))).toBe(false);
  });
});
