const most = 10_000;
/** Milliseconds of CPU time per millisecond. */
const rate = 0.05;
/** What starting a worker costs besides its own CPU time. */
const leastCharge = 2;
/** More users than a host has; the oldest are forgotten. */
const keptOwners = 1024;

/**
 * The CPU time that parsing may cost per user: files of one user neither use up the CPU nor keep those of others from
 * being read. Ten seconds at once, then five percent of a CPU.
 */
export class Allowances {
  private readonly accounts = new Map<string, { left: number; at: number }>();

  constructor(private readonly now: () => number) {}

  /** Whether a user has some left. */
  has(owner: string): boolean {
    return this.account(owner).left > 0;
  }

  /** Takes the milliseconds that a parse cost. */
  charge(owner: string, cpuMs: number): void {
    this.account(owner).left -= Math.max(cpuMs, leastCharge);
  }

  private account(owner: string) {
    const now = this.now();
    const account = this.accounts.get(owner) ?? { left: most, at: now };
    account.left = Math.min(most, account.left + (now - account.at) * rate);
    account.at = now;
    this.accounts.delete(owner);
    this.accounts.set(owner, account);
    if (this.accounts.size > keptOwners) this.accounts.delete(this.accounts.keys().next().value!);
    return account;
  }
}

/** Whom a process's cost is charged to: its user; the 65,536 subordinate users of one user count as one or two. */
export function ownerOf(user: number): string {
  return user < 100_000 ? String(user) : `${user >>> 16}*`;
}
