import qrcode from 'qrcode-generator';

/** A QR code as one SVG path on a grid of `size` units, quiet zone included. */
export interface QrCode {
  size: number;
  path: string;
}

const QUIET = 4;

/** @param text at most about 2,300 bytes */
export function qrCode(text: string): QrCode {
  const code = qrcode(0, 'M');
  code.addData(text, 'Byte');
  code.make();
  const modules = code.getModuleCount();
  let path = '';
  for (let row = 0; row < modules; row += 1) {
    for (let column = 0; column < modules; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { size: modules + 2 * QUIET, path };
}
