import { visible } from '../../store/visible.ts';

/** What a person edits is neither shown nor kept as anything but itself. */
const EDITED = new Set(['value', 'defaultValue']);

/** The properties of an element with every text among them, and among its children, visible. The same object where there is nothing to do. */
export function show<P>(props: P): P {
  if (typeof props !== 'object' || props === null) return props;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    const seen = showProperty(name, value);
    if (seen !== value) shown[name] = seen;
  }
  return Object.keys(shown).length === 0 ? props : { ...props, ...shown };
}

function showProperty(name: string, value: unknown): unknown {
  if (name === 'children') return showChildren(value);
  return typeof value === 'string' && !EDITED.has(name) ? visible(value) : value;
}

function showChildren(children: unknown): unknown {
  if (typeof children === 'string') return visible(children);
  if (!Array.isArray(children)) return children;
  const shown = children.map(showChildren);
  return shown.some((child, n) => child !== children[n]) ? shown : children;
}
