/**
 * `ok`: it is there. `limited`: a part of it is missing, or only some probes need it. `missing`: it is not there, and probes need it.
 * `unknown`: this process cannot find out.
 */
export type FindingState = 'ok' | 'limited' | 'missing' | 'unknown';

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly state: FindingState;
  /** What was found, without a period. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}
