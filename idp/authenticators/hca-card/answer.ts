import type { Form } from '#kit/http/form.ts';
import type { CardAnswer } from './types.ts';

/** The hidden fields that the card module fills in. What they say is proven later or not believed. */
export function readCardAnswer(form: Pick<Form, 'get'>): CardAnswer {
  return {
    nonce: form.get('nonce').slice(0, 128),
    certificate: form.get('certificate'),
    signature: form.get('signature'),
    cms: form.get('cms'),
  };
}
