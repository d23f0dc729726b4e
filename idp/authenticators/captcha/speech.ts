import type { Locale } from '#kit/http/locale.ts';
import { type Chance, between, oneOf } from './chance.ts';
import { RATE, type Voices } from './voices.ts';
import { encodeWav } from './wav.ts';

/** Speaks `digits` one by one: each in another voice, pace and pitch, over murmurs and hiss. @returns a WAV */
export function speakDigits(digits: string, locale: Locale, voices: Voices, chance: Chance): Buffer {
  const said = Array.from(digits, (digit) => {
    const word = oneOf(chance, voices[locale])[Number(digit)] ?? new Float32Array();
    return { word: repace(word, between(chance, 0.88, 1.1)), gap: between(chance, 0.35, 0.6) * RATE };
  });
  const lead = 0.4 * RATE;
  const length = said.reduce((sum, { word, gap }) => sum + word.length + Math.round(gap), lead);
  const track = noise(Math.ceil(length), chance);
  murmur(track, voices[locale], chance);
  let at = lead;
  for (const { word, gap } of said) {
    mix(track, word, at, between(chance, 0.6, 0.8));
    at += word.length + Math.round(gap);
  }
  return encodeWav(track, RATE);
}

/** Plays `samples` `speed` times as fast, which raises or lowers the pitch with it. */
function repace(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length - 1) / speed) }, (_, index) => {
    const position = index * speed;
    const before = samples[Math.floor(position)] ?? 0;
    const behind = samples[Math.floor(position) + 1] ?? 0;
    return before + (behind - before) * (position % 1);
  });
}

/** Hiss that swells and falls. */
function noise(length: number, chance: Chance): Float32Array {
  const [level, swell] = [between(chance, 0.012, 0.03), between(chance, 0.0002, 0.0006)];
  let smooth = 0;
  return Float32Array.from({ length }, (_, index) => {
    smooth += 0.5 * (between(chance, -1, 1) - smooth);
    return smooth * level * (1.5 + Math.sin(index * swell));
  });
}

/** Other digits, backwards, faint and everywhere, so that pauses do not give the words away. */
function murmur(track: Float32Array, voices: Voices[Locale], chance: Chance): void {
  for (let at = 0; at < track.length; at += between(chance, 0.25, 0.5) * RATE) {
    const word = oneOf(chance, voices)[Math.floor(between(chance, 0, 10))] ?? new Float32Array();
    mix(
      track,
      repace(word, between(chance, 0.7, 1.3)).reverse(),
      Math.floor(at),
      between(chance, 0.04, 0.09),
    );
  }
}

function mix(track: Float32Array, samples: Float32Array, at: number, volume: number): void {
  for (const [index, sample] of samples.entries()) {
    const target = Math.round(at) + index;
    if (target < track.length) track[target] = (track[target] ?? 0) + sample * volume;
  }
}
