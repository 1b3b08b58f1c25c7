import type { ReactElement } from 'react';
import type { ShapeName } from '../store/lp-label.ts';

/** Drawn rather than taken from a font, so that every machine shows the same ones. 12 × 12 box, in the colour of the text. */
const SHAPES: Readonly<Record<ShapeName, ReactElement>> = {
  disc: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 2a4 4 0 0 0 0 8z" fill="currentColor" />
    </>
  ),
  retry: (
    <>
      <path d="M9.9 6.2A4 4 0 1 1 8.4 2.9" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6.7 0.6 11 2.4 7.6 5.3z" fill="currentColor" />
    </>
  ),
  exchange: (
    <path
      d="M1 4h9M7.4 1.4 10.4 4 7.4 6.4M11 8H2M4.6 5.6 1.6 8l3 2.6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinejoin="round"
    />
  ),
  triangle: <path d="M6 0.8 11.6 11H0.4z" fill="currentColor" />,
  square: <rect x="2.5" y="2.5" width="7" height="7" fill="currentColor" />,
  diamond: <path d="M6 1.4 10.6 6 6 10.6 1.4 6z" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  cross: <path d="M1.8 1.8 10.2 10.2M10.2 1.8 1.8 10.2" stroke="currentColor" strokeWidth="2.6" />,
  question: (
    <>
      <path
        d="M3.4 4.2C3.4 2.4 4.5 1.4 6 1.4s2.7 1 2.7 2.5c0 2-2.6 2-2.6 4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
      />
      <circle cx="6.1" cy="10.3" r="1.1" fill="currentColor" />
    </>
  ),
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2.2 1.6" />,
  dots: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      strokeDasharray="0.01 4.39"
    />
  ),
  stop: <rect x="2.7" y="2.7" width="6.6" height="6.6" fill="none" stroke="currentColor" strokeWidth="1.4" />,
};

/** Decoration: the word beside it says the same. */
export function Shape({ name }: { readonly name: ShapeName }) {
  return (
    <svg className="shape" viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
