import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Jest transform: Node's own type stripping, so tests run the very sources that production runs. */
export default {
  process(source) {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) };
  },
  getCacheKey(source, path, options) {
    return createHash('sha256')
      .update(`${source}\0${path}\0${process.version}${options.instrument}`)
      .digest('hex')
      .slice(0, 32);
  },
};
