// A sign-in by e-mail and password as a page follows it: what is waited for, and what went wrong. The password and the
// PIN pass through; neither is kept here.
import {
  asProblem,
  type Backend,
  type PinWay,
  type Problem,
  type SignInStart,
  type SignInStep,
  type TokenChoice,
} from "../backend";

export class SignIn {
  /** What it waits for; `null` before the password was accepted. */
  step = $state.raw<SignInStep | null>(null);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  #number = 0;
  /** So that an answer is not taken for one of a sign-in that was begun after it. */
  #turn = 0;
  #begun = false;

  constructor(readonly backend: Backend) {}

  begin(start: SignInStart): Promise<void> {
    this.#begun = true;
    return this.#ask(async () => {
      const [number, step] = await this.backend.signIn(start);
      this.#number = number;
      return step;
    });
  }

  sendPin(way: PinWay): Promise<void> {
    return this.#ask(() => this.backend.sendPin(this.#number, way));
  }

  givePin(pin: string): Promise<void> {
    return this.#ask(() => this.backend.givePin(this.#number, pin));
  }

  choose(choice: TokenChoice): Promise<void> {
    return this.#ask(() => this.backend.chooseToken(this.#number, choice));
  }

  /** Goes back to the beginning. */
  end(): void {
    this.#turn += 1;
    this.busy = false;
    this.step = null;
    this.problem = null;
    if (!this.#begun) return;
    this.#begun = false;
    // Whatever becomes of it, the shell lets go of the password by itself after some minutes.
    this.backend.endSignIn().catch(() => undefined);
  }

  async #ask(question: () => Promise<SignInStep>): Promise<void> {
    const turn = (this.#turn += 1);
    this.busy = true;
    this.problem = null;
    try {
      const step = await question();
      if (turn !== this.#turn) return;
      this.step = step;
      if (step.step === "connected") this.#begun = false;
    } catch (reason) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(reason);
      if (this.problem.code === "cancelled") this.step = null;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}
