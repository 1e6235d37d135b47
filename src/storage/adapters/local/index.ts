import { badRequest } from '../../../common/problem.js';
import type { AdapterKind } from '../../adapter-kind.js';
import { LocalConfigDto } from './config.dto.js';

export const localKind: AdapterKind<LocalConfigDto> = {
  kind: 'local',
  configClass: LocalConfigDto,
  async verify(config, context) {
    const adapter = await this.create(config, context);
    const { ok, message } = await adapter.check();
    if (!ok) throw badRequest(message, { errors: [{ field: 'config.root', message }] });
  },
  async create(config, context) {
    const { LocalAdapter } = await import('./adapter.js');
    return new LocalAdapter(config.root, context);
  },
};
