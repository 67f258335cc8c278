// What ./dev lint asks of JavaScript. No import: the rules' package lies in the cache folder, not beside this file.
const BROWSER = ["window", "document", "console", "setTimeout", "clearTimeout", "URL", "fetch", "File", "FormData", "luxon"];

export default [
    { ignores: ["**/static/lib/**"] },
    {
        files: ["**/*.js", "**/*.mjs"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: Object.fromEntries(BROWSER.map((name) => [name, "readonly"])),
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            "no-undef": "error",
            "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "no-unreachable": "error",
            "no-dupe-keys": "error",
            "no-dupe-else-if": "error",
            "no-duplicate-imports": "error",
            "no-fallthrough": "error",
            "no-self-assign": "error",
            "no-sparse-arrays": "error",
            "no-unsafe-finally": "error",
            "no-unused-expressions": "error",
            "no-constant-condition": "error",
            "no-debugger": "error",
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-var": "error",
            "no-shadow": "error",
            "prefer-const": "error",
            "valid-typeof": "error",
            "use-isnan": "error",
            "require-await": "error",
            curly: ["error", "all"],
            eqeqeq: ["error", "smart"],
            "max-lines": ["error", 400],
            complexity: ["error", 12],
        },
    },
];
