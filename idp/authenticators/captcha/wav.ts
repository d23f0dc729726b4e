const HEADER_BYTES = 44;

/** Frames samples from -1 to 1 as a WAV of 16-bit PCM, mono, which every browser plays. */
export function encodeWav(samples: Float32Array, rate: number): Buffer {
  const wav = Buffer.alloc(HEADER_BYTES + samples.length * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // one channel
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples.length * 2, 40);
  for (const [index, sample] of samples.entries()) {
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), HEADER_BYTES + index * 2);
  }
  return wav;
}

/** The sample, -1 to 1, that each byte of 8-bit μ-law (ITU-T G.711) stands for. */
const MU_LAW = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
  return (code & 0x80 ? -magnitude : magnitude) / 32_768;
});

/** The samples, -1 to 1, of 8-bit μ-law. */
export function decodeMuLaw(bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) samples[index] = MU_LAW[bytes[index] ?? 0] ?? 0;
  return samples;
}
