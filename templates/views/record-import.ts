import type { AreaFrame } from './records.ts';

type Tone = 'neutral' | 'success' | 'info' | 'warning' | 'error';

/** A file of records that somebody brought. */
export interface ImportLine {
  id: number;
  url: string;
  fileName: string;
  by: string;
  at: Date;
  state: { text: string; tone: Tone };
  stateKey: string;
  isUnderWay: boolean;
  mode: string;
  rows: number;
  doneTo: number;
  taken: number;
  repeated: number;
  faulty: number;
}

export interface ImportViews {
  'mch-app/record-imports': AreaFrame & {
    columns: { label: string; isNeeded: boolean }[];
    limits: { rows: number; megabytes: number };
    /** Why the file was not taken; '' when nothing was wrong. */
    unusable: string;
    templates: { format: string; url: string }[];
    action: string;
    acting: string;
    generation: number;
    from: string;
    to: string;
    imports: ImportLine[];
    nextUrl: string;
  };
  'mch-app/record-import': AreaFrame &
    ImportLine & {
      faults: { line: number; column: string; what: string }[];
      /** There are more than are shown. */
      isCut: boolean;
      /** Where the faults are as files; '' without any. */
      filesUrl: string;
      backUrl: string;
      listUrl: string;
    };
}
