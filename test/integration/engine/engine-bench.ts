import { afterEach, beforeEach } from 'vitest';
import type { EngineSettings } from '../../../main/contracts/engine-protocol.ts';
import { Counterparty } from './counterparty.ts';
import { EngineHome, EngineProcess } from './engine-process.ts';

/** For each test a counterparty that listens, and a home for engines; they are ended after it. */
export interface EngineBench {
  readonly peer: Counterparty;
  readonly home: EngineHome;
  start(settings?: EngineSettings): EngineProcess;
  loggedOn(settings?: EngineSettings): Promise<EngineProcess>;
}

export function engineBench(): EngineBench {
  let peer: Counterparty;
  let home: EngineHome;
  let engines: EngineProcess[];
  beforeEach(async () => {
    peer = await Counterparty.listen();
    home = new EngineHome();
    engines = [];
  });
  afterEach(async () => {
    for (const engine of engines) await engine.kill();
    await peer.end();
    home.remove();
  });

  const start = (settings: EngineSettings = home.settings()): EngineProcess => {
    const engine = new EngineProcess();
    engines.push(engine);
    engine.send({ type: 'start', settings });
    return engine;
  };
  const loggedOn = async (settings?: EngineSettings): Promise<EngineProcess> => {
    const engine = start(settings);
    await engine.report('ready');
    engine.connect(peer.port);
    await peer.logOn();
    await engine.report('logged-on');
    return engine;
  };
  return {
    get peer() {
      return peer;
    },
    get home() {
      return home;
    },
    start,
    loggedOn,
  };
}
