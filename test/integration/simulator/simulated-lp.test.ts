import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatorArguments, SimulatorProcess } from '../../simulator/simulator-process.ts';
import { RawFixClient } from '../../support/raw-fix-client.ts';

const open: { close(): void | Promise<void> }[] = [];

async function startLp(options: SimulatorArguments = {}): Promise<SimulatorProcess> {
  const lp = await SimulatorProcess.start(options);
  open.push({ close: () => lp.stop() });
  return lp;
}

async function dial(lp: SimulatorProcess, nextOut = 1): Promise<RawFixClient> {
  const client = await RawFixClient.connect({ port: lp.port, nextOut });
  open.push(client);
  return client;
}

/** Connects, sends a Logon and waits for the LP's. */
async function logOn(lp: SimulatorProcess, nextOut = 1): Promise<RawFixClient> {
  const client = await dial(lp, nextOut);
  client.logon();
  await client.next(({ msgType }) => msgType === 'A');
  return client;
}

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

describe('a simulated LP that is well', () => {
  it('answers the Logon with the HeartBtInt asked for and streams market data and executions', async () => {
    const lp = await startLp({ rate: 500 });
    const client = await dial(lp);
    client.logon(17);
    const reply = await client.next(({ msgType }) => msgType === 'A');
    expect(reply.get(108)).toBe('17');
    expect(reply.get(34)).toBe('1');

    const snapshot = await client.next(({ msgType }) => msgType === 'W');
    expect(snapshot.get(268)).toBe('6');
    expect(snapshot.fields.filter(([tag]) => tag === 269)).toHaveLength(6);
    for (const [, price] of snapshot.fields.filter(([tag]) => tag === 270)) {
      expect(String(price)).toMatch(snapshot.get(55)?.endsWith('JPY') ? /^\d+\.\d{3}$/ : /^\d\.\d{5}$/);
    }
    await client.next(({ msgType }) => msgType === 'X');
    const execution = await client.next(({ msgType }) => msgType === '8');
    expect(execution.get(39)).toBe('2');
    expect(client.received.every(({ checkSumOk }) => checkSumOk)).toBe(true);
    const numbers = client.received.map((message) => Number(message.get(34)));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  it('answers a TestRequest, heartbeats at 1 s, and confirms a Logout which its witness keeps', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await dial(lp);
    client.logon(1);
    await client.next(({ msgType }) => msgType === 'A');
    const logonAt = Date.now();
    await client.next(({ msgType, get }) => msgType === '0' && get(112) !== 'probe');
    expect(Date.now() - logonAt).toBeLessThan(1_200);
    client.send('1', [[112, 'probe']]);
    await client.next(({ msgType, get }) => msgType === '0' && get(112) === 'probe');

    client.send('5', [[58, 'end of day']]);
    await client.next(({ msgType }) => msgType === '5');
    await client.untilClosed();
    const state = await lp.until(({ connected }) => !connected);
    expect(state.logouts[0]).toMatchObject({ direction: 'in', text: 'end of day' });
    expect(state.logouts[1]).toMatchObject({ direction: 'out' });
    expect(state.loggedOn).toBe(false);
  });

  it('keeps the numbers of both sides over a reconnect', async () => {
    const lp = await startLp({ rate: 0 });
    const first = await logOn(lp);
    first.send('0');
    await lp.until(({ expectedIn }) => expectedIn === 3);
    first.close();
    await lp.until(({ connected }) => !connected);
    const second = await logOn(lp, 3);
    const reply = await second.next(({ msgType }) => msgType === 'A');
    expect(reply.get(34)).toBe('2');
    expect((await lp.state()).logons).toBe(2);
  });

  it('resends application messages with their numbers and fills gaps over the rest', async () => {
    const lp = await startLp({ rate: 100 });
    const client = await logOn(lp);
    await client.next((message) => Number(message.get(34)) >= 5);
    const before = client.received.length;
    client.send('2', [
      [7, 1],
      [16, 4],
    ]);
    const fill = await client.next(({ msgType }) => msgType === '4', 10_000, before);
    expect([fill.get(34), fill.get(36), fill.get(123), fill.get(43)]).toEqual(['1', '2', 'Y', 'Y']);
    await client.next((message) => message.get(43) === 'Y' && message.get(34) === '4', 10_000, before);
    const resent = client.received.slice(before).filter((message) => message.get(43) === 'Y');
    expect(resent.map((message) => message.get(34))).toEqual(['1', '2', '3', '4']);
    const original = client.received.find((message) => message.get(34) === '3');
    expect(resent[2]?.get(35)).toBe(original?.get(35));
    // The live stream goes on where it was.
    const live = client.received.filter((message) => message.get(43) !== 'Y').map((message) => Number(message.get(34)));
    expect(live).toEqual(live.map((_, i) => i + 1));
  });

  it('starts both sides at 1 again when the client asks with 141=Y', async () => {
    const lp = await startLp({ rate: 0 });
    const first = await logOn(lp);
    first.send('0');
    await lp.until(({ expectedIn }) => expectedIn === 3);
    first.close();
    const second = await dial(lp);
    second.logon(30, [[141, 'Y']]);
    const reply = await second.next(({ msgType }) => msgType === 'A');
    expect([reply.get(34), reply.get(141)]).toEqual(['1', 'Y']);
    second.send('1', [[112, 'after']]);
    expect((await second.next(({ msgType }) => msgType === '0')).get(34)).toBe('2');
  });

  it('survives a hundred reconnects', async () => {
    const lp = await startLp({ rate: 200 });
    for (let n = 1; n <= 100; n += 1) {
      const client = await logOn(lp, n);
      client.close();
    }
    expect((await lp.until(({ connected }) => !connected)).logons).toBe(100);
  });
});

describe('the numbers of a client that the LP does not know', () => {
  it('says what it expects when a Logon is too low, and closes', async () => {
    const lp = await startLp({ rate: 0 });
    (await logOn(lp)).close();
    await lp.until(({ connected }) => !connected);
    const client = await dial(lp);
    client.logon();
    const logout = await client.next(({ msgType }) => msgType === '5');
    expect(logout.get(58)).toBe('MsgSeqNum too low, expecting 2 but received 1');
    await client.untilClosed();
  });

  it('asks for a resend when a Logon is too high', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await logOn(lp, 40);
    const request = await client.next(({ msgType }) => msgType === '2');
    expect([request.get(7), request.get(16)]).toEqual(['1', '0']);
  });

  it('resets with 141=Y at its first Logon when told to', async () => {
    const lp = await startLp({ rate: 0, reset: true });
    const client = await dial(lp, 40);
    client.logon();
    const reply = await client.next(({ msgType }) => msgType === 'A');
    expect([reply.get(34), reply.get(141)]).toEqual(['1', 'Y']);
  });
});

describe('faults', () => {
  it('refuse-logon says its text and closes, until it is taken back', async () => {
    const lp = await startLp({ rate: 0, faults: ['refuse-logon=Account LPX is disabled'] });
    const refused = await dial(lp);
    refused.logon();
    expect((await refused.next(({ msgType }) => msgType === '5')).get(58)).toBe('Account LPX is disabled');
    await refused.untilClosed();
    expect(refused.received.map(({ msgType }) => msgType)).toEqual(['5']);
    await lp.fault({ kind: 'none' });
    await logOn(lp, 2);
    expect((await lp.state()).loggedOn).toBe(true);
  });

  it('drop destroys the socket of a session that can come back', async () => {
    const lp = await startLp();
    const client = await logOn(lp);
    await lp.fault({ kind: 'drop' });
    await client.untilClosed();
    await logOn(lp, 2);
  });

  it('down refuses connections for its seconds, and is back on the same port', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'down', seconds: 0.5 });
    await client.untilClosed();
    await expect(dial(lp)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const back = async (): Promise<RawFixClient> => dial(lp, 2).catch(back);
    (await back()).logon();
    await lp.until(({ loggedOn }) => loggedOn);
  });

  it('flap drops every session after its seconds', async () => {
    const lp = await startLp({ faults: ['flap=0.2'] });
    await (await logOn(lp)).untilClosed();
    await (await logOn(lp, 2)).untilClosed();
    await lp.fault({ kind: 'none' });
    await logOn(lp, 3);
    expect((await lp.state()).faults).toEqual([]);
  });

  it('silent sends nothing, answers nothing, and keeps the socket', async () => {
    const lp = await startLp({ rate: 50 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'silent' });
    client.send('1', [[112, 'anyone']]);
    await lp.until(({ received }) => received['1'] === 1);
    expect(client.received.some(({ get }) => get(112) === 'anyone')).toBe(false);
    expect(client.closed).toBe(false);
    await lp.fault({ kind: 'none' });
    client.send('1', [[112, 'again']]);
    await client.next(({ get }) => get(112) === 'again');
  });

  it('sequence-gap skips numbers, and a resend of them is a GapFill', async () => {
    const lp = await startLp({ rate: 50 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'sequence-gap', count: 3 });
    await client.next((message) => Number(message.get(34)) >= 6);
    const numbers = client.received.map((message) => Number(message.get(34)));
    const gapAt = numbers.findIndex((n, i) => i > 0 && n === (numbers[i - 1] ?? 0) + 4);
    expect(gapAt).toBeGreaterThan(0);
    const missing = (numbers[gapAt] ?? 0) - 3;
    client.send('2', [
      [7, missing],
      [16, missing + 2],
    ]);
    const fill = await client.next(({ msgType }) => msgType === '4');
    expect([Number(fill.get(34)), Number(fill.get(36))]).toEqual([missing, missing + 3]);
  });

  it('garbled breaks the CheckSum of just so many messages', async () => {
    const lp = await startLp({ rate: 50 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'garbled', count: 2 });
    await client.next(({ checkSumOk }) => !checkSumOk);
    const after = client.received.length;
    await client.next((message) => message.checkSumOk && Number(message.get(34)) > after + 3);
    expect(client.received.filter(({ checkSumOk }) => !checkSumOk)).toHaveLength(2);
  });

  it('slow is late by its milliseconds', async () => {
    const lp = await startLp({ rate: 0, faults: ['slow=300'] });
    const client = await dial(lp);
    const sentAt = Date.now();
    client.logon();
    await client.next(({ msgType }) => msgType === 'A');
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(295);
  });

  it('slow is as late for each of many messages, in their order', async () => {
    const lp = await startLp({ rate: 200, faults: ['slow=400'] });
    const client = await logOn(lp);
    await client.next((message) => Number(message.get(34)) >= 100, 4_000);
    await lp.fault({ kind: 'none' });
    await client.next((message) => Number(message.get(34)) >= 300, 4_000);
    const numbers = client.received.map((message) => Number(message.get(34)));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });

  it('wrong-heartbeat answers the Logon with another HeartBtInt', async () => {
    const lp = await startLp({ rate: 0, faults: ['wrong-heartbeat=99'] });
    const client = await dial(lp);
    client.logon(30);
    expect((await client.next(({ msgType }) => msgType === 'A')).get(108)).toBe('99');
  });

  it('resend-storm asks for everything again and again', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'resend-storm', everyMs: 20 });
    await lp.until(({ sent }) => (sent['2'] ?? 0) >= 5);
    await client.next(({ msgType, get }) => msgType === '2' && get(7) === '1' && get(16) === '0');
    await lp.fault({ kind: 'none' });
  });

  it('logout says its text, and closes when answered', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await logOn(lp);
    await lp.fault({ kind: 'logout', text: 'Weekend' });
    expect((await client.next(({ msgType }) => msgType === '5')).get(58)).toBe('Weekend');
    client.send('5');
    await client.untilClosed();
  });

  it('reject refers to the last message received', async () => {
    const lp = await startLp({ rate: 0 });
    const client = await logOn(lp);
    client.send('0');
    await lp.until(({ received }) => received['0'] === 1);
    await lp.fault({ kind: 'reject', text: 'not today' });
    const reject = await client.next(({ msgType }) => msgType === '3');
    expect([reject.get(45), reject.get(372), reject.get(58)]).toEqual(['2', '0', 'not today']);
  });

  it('refuses a fault that it does not know', async () => {
    const lp = await startLp();
    const response = await fetch(`http://127.0.0.1:${lp.controlPort}/fault`, { method: 'POST', body: '{"kind":"explode"}' });
    expect(response.status).toBe(400);
  });
});
