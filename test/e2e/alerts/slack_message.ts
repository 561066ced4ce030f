/** What the shipped receiver sends to Slack. */
export interface SlackMessage {
  readonly attachments: readonly {
    readonly title: string;
    readonly title_link: string;
    readonly text: string;
    readonly fallback: string;
    readonly color: string;
    readonly mrkdwn_in: readonly string[];
    readonly fields: readonly { readonly title: string; readonly value: string }[];
    readonly actions: readonly { readonly text: string; readonly url: string }[];
  }[];
}
