/** An application message: body by the field names of the FIX 4.4 dictionary. */
export interface MarketMessage {
  readonly msgType: 'W' | 'X' | '8';
  readonly body: Record<string, unknown>;
}

interface Pair {
  readonly symbol: string;
  readonly pip: number;
  /** Decimals of a price: pips and one tenth of a pip. */
  readonly decimals: number;
  /** Half the spread at the top of the book, pips. */
  readonly halfSpread: number;
  mid: number;
}

const pair = (symbol: string, mid: number, halfSpread: number): Pair =>
  symbol.endsWith('JPY')
    ? { symbol, mid, pip: 0.01, decimals: 3, halfSpread }
    : { symbol, mid, pip: 0.0001, decimals: 5, halfSpread };

const LEVELS = 3;
const SIZES = ['1000000', '3000000', '5000000'] as const;

/** Plausible FX market data and executions: a random walk per currency pair, the same for the same seed. */
export class Market {
  readonly #random: () => number;
  readonly #pairs = [
    pair('EURUSD', 1.0852, 0.15),
    pair('GBPUSD', 1.2718, 0.25),
    pair('USDJPY', 149.62, 0.2),
    pair('USDCHF', 0.8841, 0.3),
    pair('AUDUSD', 0.6562, 0.25),
    pair('USDCAD', 1.3594, 0.3),
    pair('NZDUSD', 0.6089, 0.35),
    pair('EURJPY', 162.37, 0.4),
  ];
  #count = 0;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  /** The next message: about two thirds snapshots, a quarter increments, the rest executions. */
  next(now: Date): MarketMessage {
    this.#count += 1;
    const choice = this.#random();
    const moved = this.#move();
    if (choice < 0.66) return this.#snapshot(moved);
    if (choice < 0.92) return this.#increment(moved);
    return this.#execution(moved, now);
  }

  #move(): Pair {
    const moved = this.#pairs[Math.floor(this.#random() * this.#pairs.length)];
    if (moved === undefined) throw new Error('the market has no currency pairs');
    moved.mid += (this.#random() - 0.5) * 1.2 * moved.pip;
    return moved;
  }

  #price({ mid, pip, decimals, halfSpread }: Pair, side: 'bid' | 'offer', level: number): string {
    const away = (halfSpread + level * 0.3) * pip;
    return (side === 'bid' ? mid - away : mid + away).toFixed(decimals);
  }

  #entries(of: Pair): { MDEntryType: string; MDEntryPx: string; MDEntrySize: string | undefined }[] {
    return (['bid', 'offer'] as const).flatMap((side) =>
      Array.from({ length: LEVELS }, (_, level) => ({
        MDEntryType: side === 'bid' ? '0' : '1',
        MDEntryPx: this.#price(of, side, level),
        MDEntrySize: SIZES[level],
      })),
    );
  }

  #snapshot(of: Pair): MarketMessage {
    return {
      msgType: 'W',
      body: {
        MDReqID: `MD-${of.symbol}`,
        Instrument: { Symbol: of.symbol },
        MDFullGrp: {
          NoMDEntries: this.#entries(of).map((entry, i) => ({ ...entry, QuoteCondition: 'A', QuoteEntryID: `${of.symbol}${i}` })),
        },
      },
    };
  }

  #increment(of: Pair): MarketMessage {
    return {
      msgType: 'X',
      body: {
        MDReqID: `MD-${of.symbol}`,
        MDIncGrp: {
          NoMDEntries: this.#entries(of).map((entry, i) => ({
            MDUpdateAction: '1',
            MDEntryType: entry.MDEntryType,
            MDEntryID: `${of.symbol}${i}`,
            Instrument: { Symbol: of.symbol },
            MDEntryPx: entry.MDEntryPx,
            MDEntrySize: entry.MDEntrySize,
          })),
        },
      },
    };
  }

  #execution(of: Pair, now: Date): MarketMessage {
    const buys = this.#random() < 0.5;
    const price = this.#price(of, buys ? 'offer' : 'bid', 0);
    const quantity = SIZES[Math.floor(this.#random() * SIZES.length)] ?? SIZES[0];
    return {
      msgType: '8',
      body: {
        OrderID: `O${this.#count}`,
        ClOrdID: `C${this.#count}`,
        ExecID: `E${this.#count}`,
        ExecType: 'F',
        OrdStatus: '2',
        Account: 'VFXLP',
        Instrument: { Symbol: of.symbol },
        Side: buys ? '1' : '2',
        OrderQtyData: { OrderQty: quantity },
        OrdType: '2',
        Price: price,
        LastQty: quantity,
        LastPx: price,
        LeavesQty: '0',
        CumQty: quantity,
        AvgPx: price,
        TransactTime: now,
      },
    };
  }
}

/** A small seeded generator: demos and tests see the same prices at every start. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
