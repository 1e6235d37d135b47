import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { CLOCK } from '../common/clock.js';
import { LINKS_SWEPT } from '../common/events.js';
import { DatabaseModule } from '../database/database.module.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { DatabaseTokenStore } from './database/store.js';
import { DownloadTokenStore } from './download-token-store.js';
import { DownloadTokensModule } from './download-tokens.module.js';
import type { DownloadTokensOptions } from './download-tokens.options.js';
import { DownloadTokensService } from './download-tokens.service.js';
import { LinkSweeper, SWEEP_INTERVAL } from './link-sweeper.js';
import { MemoryTokenStore } from './memory/store.js';

const clock = new ManualClock();

@Global()
@Module({ providers: [{ provide: CLOCK, useValue: clock }], exports: [CLOCK] })
class ClockModule {}

const database = DatabaseModule.forRootAsync({ useFactory: () => ({ sqliteFile: ':memory:' }) });

async function start(options: DownloadTokensOptions, ...imports: (typeof database | typeof ClockModule)[]) {
  const testing = await Test.createTestingModule({
    imports: [
      ...[ScheduleModule.forRoot(), EventEmitterModule.forRoot(), ...imports],
      DownloadTokensModule.forRootAsync({ useFactory: () => options }),
    ],
  }).compile();
  return testing.createNestApplication({ logger: false }).init();
}

describe('DownloadTokensModule', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives the store that is asked for, on the injected clock', async () => {
    const app = await start({ store: 'memory' }, ClockModule);
    expect(app.get(DownloadTokenStore)).toBeInstanceOf(MemoryTokenStore);
    const { link } = await app.get(DownloadTokensService).generateDownloadToken('s', 'f');
    expect(link.createdAt).toBe(clock.now());
    await app.close();
  });

  it('keeps links in the database by default', async () => {
    const app = await start({}, ClockModule, database);
    expect(app.get(DownloadTokenStore)).toBeInstanceOf(DatabaseTokenStore);
    const { link } = await app.get(DownloadTokensService).generateDownloadToken('s', 'f');
    expect(link.createdAt).toBe(clock.now());
    expect(await app.get(DownloadTokensService).describe(link.id)).toMatchObject({ state: 'available' });
    await app.close();
  });

  it('says what is missing when there is no database', async () => {
    await expect(start({ store: 'database' })).rejects.toThrow('needs a provider of DATABASE');
  });

  it('sweeps in an interval of the scheduler, tells the events, and stops with the application', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const app = await start({ store: 'memory', cleanupIntervalMs: 7_000, tokenTtlMs: 10_000 }, ClockModule);
    const swept = jest.fn();
    app.get(EventEmitter2).on(LINKS_SWEPT, swept);
    const { link } = await app.get(DownloadTokensService).generateDownloadToken('s', 'f');
    clock.advance(10_000);
    await jest.advanceTimersByTimeAsync(6_999);
    expect(swept).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(swept.mock.calls).toMatchObject([[[{ link: { id: link.id }, state: 'expired' }]]]);
    const scheduler = app.get(SchedulerRegistry);
    expect(scheduler.getIntervals()).toEqual([SWEEP_INTERVAL]);
    await app.close();
    expect(scheduler.getIntervals()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('survives a sweep that fails', async () => {
    const app = await start({ store: 'memory' }, ClockModule);
    const cleanUp = jest
      .spyOn(app.get(DownloadTokensService), 'cleanUp')
      .mockRejectedValue(new Error('down'));
    await expect(app.get(LinkSweeper).sweep()).resolves.toBeUndefined();
    expect(cleanUp).toHaveBeenCalledTimes(1);
    await app.close();
  });
});
