import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useCallback, useEffect, useState } from 'react';
import { useConsole, useSelect } from '../../components/console-context.tsx';
import { LpRow } from './lp-row.tsx';
import { rowHeight } from './row-height.ts';
import { type MenuAt, RowMenu } from './row-menu.tsx';

const COLUMNS: readonly (readonly [className: string, title: string, hint: string])[] = [
  ['c-state', 'State', ''],
  ['c-provider', 'Provider', ''],
  ['c-why', 'Why, and what is next', ''],
  [
    'c-silence',
    'Silence / HeartBtInt',
    'time since the last message from the peer; the mark is the TestRequest, the end the disconnect',
  ],
  ['c-rtt n', 'RTT', 'round trip of the last TestRequest'],
  ['c-seq n', 'Next in', 'next expected MsgSeqNum from the peer'],
  ['c-seq n', 'Next out', 'next MsgSeqNum to the peer'],
  ['c-rate n', 'In/s', 'messages a second from the peer'],
  ['c-rate n', 'Out/s', 'messages a second to the peer'],
  ['c-spark', '60 s', 'messages a second over the last minute'],
  ['c-last', 'Last message', ''],
  ['c-uptime n', 'Up / down', 'since the Logon, or since the session is down'],
  ['c-owner', 'Owner', 'the console that runs the session'],
  ['c-menu', '', ''],
];

function Empty() {
  const { store } = useConsole();
  const filter = useSelect((state) => state.filter);
  const known = useSelect((state) => Object.keys(state.mirror.lps).length);
  const live = useSelect((state) => state.connection.kind === 'live');
  const database = useSelect((state) => state.mirror.health?.database ?? null);
  if (known > 0) {
    return (
      <p className="empty">
        None of {known} LPs matches “{filter}”. <Button onClick={() => store.getState().setFilter('')}>Clear the filter</Button>
      </p>
    );
  }
  if (!live) return <p className="empty">Waiting for the console …</p>;
  if (database?.state === 'down')
    return <p className="empty">The LPs are not known until the database answers. {database.text}</p>;
  return (
    <p className="empty">
      No LP is configured yet. <Button onClick={() => store.getState().open({ kind: 'add' })}>Add the first LP</Button>
    </p>
  );
}

/** One row per LP, trouble first; rows are as high as lets all of them be seen at once. */
export function Overview() {
  const { store } = useConsole();
  const rows = useSelect((state) => state.rows.shown);
  const behind = useSelect((state) => state.rows.behind > 0);
  const { ref, height } = useElementSize();
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const onMenu = useCallback((provider: string, x: number, y: number) => setMenu({ provider, x, y }), []);
  const [inside, setInside] = useState(false);
  const held = inside || menu !== null;
  useEffect(() => {
    store.getState().holdRows(held);
    return () => store.getState().holdRows(false);
  }, [store, held]);
  const rowPx = rowHeight(rows.length, height);
  return (
    <main className="overview" ref={ref} data-density={rowPx >= 22 ? 'wide' : rowPx >= 18 ? 'medium' : 'tight'}>
      <table className="lps" style={{ '--row-height': `${rowPx}px` } as React.CSSProperties} aria-label="Liquidity Providers">
        <thead>
          <tr>
            {COLUMNS.map(([className, title, hint]) => (
              <th key={className + title} scope="col" className={className} title={hint}>
                {title === '' ? <span className="hidden">Actions</span> : title}
                {className === 'c-why' && behind && <span className="order-held">order held while the pointer is on a row</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onPointerEnter={() => setInside(true)} onPointerLeave={() => setInside(false)}>
          {rows.map((provider, index) => (
            <LpRow key={provider} provider={provider} first={index === 0} onMenu={onMenu} />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <Empty />}
      {menu !== null && <RowMenu at={menu} onClose={() => setMenu(null)} />}
    </main>
  );
}
