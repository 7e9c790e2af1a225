import tseslint from 'typescript-eslint';

const ownedByScope = 'Use a Scope, so that its owner can end it.';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'e2e/out'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unbound-method': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true }],
      'no-restricted-globals': ['error', ...['setTimeout', 'setInterval', 'requestAnimationFrame'].map((name) => ({ name, message: ownedByScope }))],
      'no-restricted-syntax': ['error', { selector: "CallExpression[callee.property.name='addEventListener']", message: ownedByScope }],
    },
  },
  {
    // The client library runs in any page: no framework, and nothing of how this one looks.
    files: ['src/client/**/*.ts', 'src/lib/**/*.ts', 'src/wire/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(lit|@lit)(/|$)|/(ui|apps|i18n|element|stories|styles)/', message: 'The client library knows no framework and no screen.' }] }],
    },
  },
  {
    // A catalogue is one list, as long as there is to say.
    files: ['src/i18n/??.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['src/lib/scope.ts', '**/*.test.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.ts', 'src/**/testing/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-type-assertion': 'off',
    },
  },
);
