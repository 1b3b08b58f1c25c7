import * as react from 'react/jsx-runtime';
import { show } from './show.ts';

export type { JSX } from 'react/jsx-runtime';
// The compiler makes every element of the renderer by these functions (`jsxImportSource`): the one place that all text passes on
// its way to the screen, so that no component can forget it.
export { Fragment } from 'react/jsx-runtime';

export const jsx: typeof react.jsx = (type, props, key) => react.jsx(type, show(props), key);
export const jsxs: typeof react.jsxs = (type, props, key) => react.jsxs(type, show(props), key);
