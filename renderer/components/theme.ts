import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Grey with a breath of blue: the console's only everyday colour. */
const slate: MantineColorsTuple = [
  '#f3f5f7',
  '#e4e8ec',
  '#cbd1d8',
  '#aab3be',
  '#8a95a3',
  '#6b7786',
  '#55606e',
  '#434c58',
  '#343b45',
  '#262c34',
];

/** Mantine's greys of the dark scheme, after tokens.css: text first, deepest ground last. */
const dark: MantineColorsTuple = [
  '#e8ebee',
  '#bfc6cf',
  '#afb7c2',
  '#6b7480',
  '#474e58',
  '#404853',
  '#2b2f35',
  '#32373e',
  '#262a2f',
  '#1f2226',
];

export const theme = createTheme({
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 6 },
  colors: { slate, dark },
  defaultRadius: 3,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'compact-sm', variant: 'default' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 0 } } } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Modal: { defaultProps: { transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.45 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});
