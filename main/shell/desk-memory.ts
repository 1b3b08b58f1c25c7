import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { readIfThere, replaceDurably } from '../base/durable-file.ts';
import { messageOf } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { Timers } from '../base/timers.ts';
import type { Place } from './window-place.ts';

/** A window that is dragged is written once. */
const WRITE_AFTER_MS = 500;
/** The end of the console waits no longer for this file's disk. */
const FLUSH_MS = 1_000;
/** Of a desk; more is no file of ours. */
const MAX_WINDOWS = 500;

/** In Chromium's steps of 20 %. */
export const ZOOM = { least: -4, most: 6 };

/** What can be muted: a kind of notice, or the sound of all. */
const MUTES = ['down', 'killed', 'sound'] as const;
export type Mute = (typeof MUTES)[number];

const within = (least: number, most: number) => z.number().check(z.minimum(least), z.maximum(most));
const coordinate = within(-100_000, 100_000);
const extent = within(1, 100_000);
const windowName = z.custom<WindowName>(
  (name) => typeof name === 'string' && /^(main|strip|lp:[A-Za-z0-9_.-]{1,64})$/.test(name),
);
const place = z.object({
  window: windowName,
  x: coordinate,
  y: coordinate,
  width: extent,
  height: extent,
  maximized: z.boolean(),
  fullScreen: z.boolean(),
});
// The small zod: the window waits for this file before it can be painted.
const schema = z.object({
  zoom: z._default(within(ZOOM.least, ZOOM.most), 0),
  places: z._default(z.array(place).check(z.maxLength(MAX_WINDOWS)), []),
  /** Besides the main one. */
  open: z._default(z.array(windowName).check(z.maxLength(MAX_WINDOWS)), []),
  /** Closing the main window leaves the console in the tray. */
  closesToTray: z._default(z.boolean(), false),
  /** What that means has been said. */
  toldOfTray: z._default(z.boolean(), false),
  /** Of what nobody wants to be told. */
  muted: z._default(z.array(z.enum(MUTES)).check(z.maxLength(MUTES.length)), []),
});

/** A window by what it shows: the console, what is in trouble, or one LP. */
export type WindowName = 'main' | 'strip' | `lp:${string}`;
/** What a person has chosen on this desk, kept over restarts. */
export type Desk = z.infer<typeof schema>;
export const NEW_DESK: Desk = schema.parse({});

/** What the desktop remembers, in a file of its own. It decides about no session: damaged, or gone, it is begun anew. */
export class DeskMemory {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #tell: (text: string) => void;
  readonly #timers: Timers;
  readonly #writes = new SerialQueue();
  #desk: Desk;
  #changed = false;
  #waits = false;

  /** @param tell hears of a file that is damaged or cannot be written, for the console's log */
  constructor(file: string, clock: Clock, tell: (text: string) => void) {
    this.#file = file;
    this.#clock = clock;
    this.#tell = tell;
    this.#timers = new Timers(clock);
    this.#desk = this.#read();
  }

  get desk(): Desk {
    return this.#desk;
  }

  change(part: Partial<Desk>): void {
    this.#desk = { ...this.#desk, ...part };
    this.#changed = true;
    if (this.#waits) return;
    this.#waits = true;
    this.#timers.after(WRITE_AFTER_MS, () => {
      this.#waits = false;
      void this.#write();
    });
  }

  place(window: WindowName): Place | null {
    return this.#desk.places.find((place) => place.window === window) ?? null;
  }

  keepPlace(window: WindowName, place: Place): void {
    const others = this.#desk.places.filter((other) => other.window !== window);
    this.change({ places: [...others, { window, ...place }].slice(-MAX_WINDOWS) });
  }

  keepOpen(window: WindowName, open: boolean): void {
    const others = this.#desk.open.filter((other) => other !== window);
    this.change({ open: open ? [...others, window] : others });
  }

  /** Writes what is not written yet; resolves when it is, cannot be, or takes too long. */
  async flush(): Promise<void> {
    this.#timers.clear();
    this.#waits = false;
    await withDeadline(this.#clock, FLUSH_MS, this.#write());
  }

  #read(): Desk {
    try {
      const text = readIfThere(this.#file);
      return text === null ? NEW_DESK : schema.parse(JSON.parse(text));
    } catch (error) {
      const why = error instanceof z.core.$ZodError ? z.prettifyError(error) : messageOf(error);
      this.#tell(`What the desktop remembers cannot be read and is begun anew: ${this.#file}: ${why}`);
      return NEW_DESK;
    }
  }

  #write(): Promise<void> {
    return this.#writes.run(async () => {
      if (!this.#changed) return;
      this.#changed = false;
      try {
        await mkdir(dirname(this.#file), { recursive: true });
        await replaceDurably(this.#file, `${JSON.stringify(this.#desk, null, 2)}\n`);
      } catch (error) {
        this.#tell(`What the desktop remembers could not be written: ${messageOf(error)}`);
      }
    });
  }
}
