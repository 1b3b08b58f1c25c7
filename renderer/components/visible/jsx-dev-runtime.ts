import * as react from 'react/jsx-dev-runtime';
import { show } from './show.ts';

export type { JSX } from 'react/jsx-dev-runtime';
// As jsx-runtime.ts, while developing.
export { Fragment } from 'react/jsx-dev-runtime';

export const jsxDEV: typeof react.jsxDEV = (type, props, key, isStatic, source, self) =>
  react.jsxDEV(type, show(props), key, isStatic, source, self);
