import { runInNewContext } from 'node:vm';

/** As much of a document as the report's script uses. */
export class TinyElement {
  readonly tagName: string;
  readonly childNodes: TinyElement[] = [];
  readonly attributes = new Map<string, string>();
  readonly listeners = new Map<string, () => void>();
  className = '';
  scope = '';
  type = '';
  value = '';
  open = false;
  #text = '';

  constructor(tagName: string) {
    this.tagName = tagName;
  }

  get textContent(): string {
    return this.#text + this.childNodes.map((child) => child.textContent).join('');
  }

  set textContent(text: string) {
    this.childNodes.length = 0;
    this.#text = text;
  }

  appendChild(child: TinyElement): TinyElement {
    this.childNodes.push(child);
    return child;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  addEventListener(name: string, listener: () => void): void {
    this.listeners.set(name, listener);
  }

  /** All elements of a name below this one, in document order. */
  all(tagName: string): readonly TinyElement[] {
    return this.childNodes.flatMap((child) => [
      ...(child.tagName === tagName ? [child] : []),
      ...child.all(tagName),
    ]);
  }
}

/** Runs a report's script over its data and gives the element it filled. */
export function openReport(html: string): TinyElement {
  const data = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const script = /<script>([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const elements: Record<string, TinyElement> = {
    data: new TinyElement('script'),
    report: new TinyElement('main'),
  };
  const [holder, main] = [elements['data'], elements['report']];
  if (holder === undefined || main === undefined) throw new Error('there is no page');
  holder.textContent = data;
  runInNewContext(script, {
    document: {
      getElementById: (id: string) => elements[id],
      createElement: (tagName: string) => {
        const created = new TinyElement(tagName);
        if (tagName === 'select') created.value = 'all';
        return created;
      },
    },
  });
  return main;
}
