import type { LinkWithTransfersDto } from '../../src/downloads/links/links.dto.js';
import type { MintedLinkDto } from '../../src/downloads/minting/mint.dto.js';

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** What tests do over the API of a running service, as its administrator. */
export class ApiClient {
  constructor(
    /** Without a slash at its end. */
    readonly url: string,
    readonly adminKey: string,
  ) {}

  /** The storage that links are minted for. */
  storageId = '';

  async api<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { Authorization: `Bearer ${this.adminKey}` },
  ): Promise<ApiAnswer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  }

  /** Adds the storage that links are minted for. */
  async addStorage(root: string, adapter = 'local'): Promise<void> {
    const storage = { name: 'Backups', adapter, config: { root } };
    const { status, body } = await this.api<{ id: string }>('POST', '/api/storage', storage);
    if (status !== 201) throw new Error(`The storage was not added: ${status}`);
    this.storageId = body.id;
  }

  async addKey(id: string, material: string): Promise<void> {
    const { status } = await this.api('POST', '/api/encryption-keys', {
      name: id,
      format: 'dbackup',
      material,
      id,
    });
    if (status !== 201) throw new Error(`The key was not added: ${status}`);
  }

  tryMint(file: string, options: Record<string, unknown> = {}): Promise<ApiAnswer<MintedLinkDto>> {
    return this.api('POST', `/api/storage/${this.storageId}/download-url`, { file, ...options });
  }

  async mint(file: string, options: Record<string, unknown> = {}): Promise<MintedLinkDto> {
    const { status, body } = await this.tryMint(file, options);
    if (status !== 200) throw new Error(`Not minted: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async link(id: string): Promise<LinkWithTransfersDto> {
    return (await this.api<LinkWithTransfersDto>('GET', `/api/downloads/${id}`)).body;
  }

  /** The link's state once it is one of `states`, or as it is when `withinMs` have passed. */
  async stateOf(id: string, states: readonly string[], withinMs = 2_000): Promise<string> {
    const until = performance.now() + withinMs;
    for (;;) {
      const { state } = await this.link(id);
      if (states.includes(state) || performance.now() > until) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
