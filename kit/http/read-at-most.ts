/**
 * The text of an answer's body, in UTF-8.
 * @throws Error once more than `maxBytes` have come: the rest is neither awaited nor kept
 */
export async function readAtMost(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer is too long'); // leaving the loop ends the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The same of what `fetch` was answered with. @throws Error once more than `maxBytes` have come */
export async function readAnswer({ body }: Response, maxBytes: number): Promise<string> {
  return body ? readAtMost(body, maxBytes) : '';
}
