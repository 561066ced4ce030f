import { connect, type Socket } from 'node:net';

/** A question to a server on the loopback address, asked again and again on one connection. */
export class Inquiry {
  readonly #port: number;
  readonly #text: string;
  readonly #answer: RegExp;
  #socket: Socket | undefined;

  /** @param answer matches a whole answer; its first group is a number */
  constructor(port: number, text: string, answer: RegExp) {
    this.#port = port;
    this.#text = text;
    this.#answer = answer;
  }

  /** Connects if it is not connected. One question at a time. @throws when the server closes the connection */
  ask(): Promise<number> {
    this.#socket ??= connect(this.#port, '127.0.0.1').setEncoding('latin1').unref();
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      let received = '';
      const end = (finish: () => void) => {
        socket.off('data', onData).off('error', onEnd).off('close', onEnd);
        finish();
      };
      const onData = (data: string) => {
        received += data;
        const number = this.#answer.exec(received)?.[1];
        if (number !== undefined) end(() => resolve(Number(number)));
      };
      const onEnd = () => {
        this.#socket = undefined;
        end(() => reject(new Error(`Port ${this.#port} closed the connection`)));
      };
      socket.on('data', onData).once('error', onEnd).once('close', onEnd);
      socket.write(this.#text);
    });
  }
}
