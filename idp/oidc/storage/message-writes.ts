import type { Statement } from './statement.ts';
import type { Writes } from './writes.ts';

/** Messages to people, with the deed they tell of; a second one of its key is never written. */
export function addMessages(statement: Statement, { messages }: Writes): void {
  const v = (value: unknown): string => statement.value(value);
  messages.forEach(({ accountId, sender, subject, body, link, dedupeKey }, index) => {
    const texts = [sender, subject, body].flatMap((text) => [text['zh-TW'], text.en]);
    statement.part(
      `message_${index}`,
      `insert into message (account_id, sender_zh, sender_en, subject_zh, subject_en, body_zh, body_en, link, dedupe_key)
       select ${v(accountId)}::uuid, ${texts.map(v).join(', ')}, ${v(link)}, ${v(dedupeKey)}
       on conflict (account_id, subsystem_code, dedupe_key) do nothing`,
    );
  });
}
