const CLASS = '[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';

/**
 * What nobody sees, or what changes how the text around it reads: control characters (ESC, line breaks, C1), marks and overrides of the writing
 * direction, characters without width, line separators, half surrogate pairs, and code points without a meaning of their own.
 */
export const UNSEEN = new RegExp(CLASS, 'u');
/** Each of them, for `replace`. */
export const EVERY_UNSEEN = new RegExp(CLASS, 'gu');
/** Each run of them. */
export const RUNS_OF_UNSEEN = new RegExp(`${CLASS}+`, 'gu');
