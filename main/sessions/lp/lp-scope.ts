import type { Clock } from '../../base/clock.ts';
import type { RowWriter } from '../row/row-writer.ts';
import type { Timeline } from './timeline.ts';

/** What the parts of one LP share. */
export interface LpScope {
  readonly provider: string;
  readonly clock: Clock;
  readonly row: RowWriter;
  readonly timeline: Timeline;
  /** Something that is shown of this LP has changed. */
  readonly changed: () => void;
}
