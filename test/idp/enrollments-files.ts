import { deflateSync } from 'node:zlib';

/* Small files as a scanner might make them; checksums are not right, because nothing here decodes pictures. */

export const PNG = makePng(16, 16);
export const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n');

export function makePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    // checksums are not looked at: nothing here decodes pictures
    return Buffer.concat([
      head,
      Buffer.from(type),
      data,
      type === 'IEND' ? Buffer.from('ae426082', 'hex') : Buffer.alloc(4),
    ]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', size),
    chunk('IDAT', deflateSync(Buffer.alloc(300))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
