/**
 * Leaves out the words for people: literals with a space in them, but for those with = (FIX fields). A mutant empties such a sentence, and only a
 * test that repeats it word for word would notice: a copy, which is changed with it. What a sentence must name is tested where it matters.
 */
const operatorTexts = {
  shouldIgnore(path) {
    const text = path.isStringLiteral()
      ? path.node.value
      : path.isTemplateLiteral()
        ? path.node.quasis.map(({ value }) => value.cooked).join('')
        : '';
    return /\S \S/.test(text) && !text.includes('=') ? 'a sentence for people' : undefined;
  },
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'operator-texts', value: operatorTexts }];
