import { registerHooks, stripTypeScriptTypes } from 'node:module';

// Node runs TypeScript everywhere but in packages that were installed: here it does
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { source } = next(url, { ...context, format: 'module' });
    const code = stripTypeScriptTypes(source.toString());
    return { format: 'module', source: code, shortCircuit: true };
  },
});
