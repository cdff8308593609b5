// The blocks of a long text are drawn when somebody comes near them (benchmarks/editor.py, decision 0019). Until then a block is its
// words, to be read, found and reached by keyboard, and the plain fields that are saved: the same names and values, in the same order.
(() => {
  "use strict";
  window.masthead = { later: () => () => {} };
  const kinds = window.telepath?.constructors;
  if (!kinds?.["wagtail.blocks.StreamBlock"]) return;
  const [Field, Struct, List, Image] = ["blocks.FieldBlock", "blocks.StructBlock", "blocks.ListBlock", "images.blocks.ImageBlock"].map((name) => kinds[`wagtail.${name}`]);
  const [Plain, Select, Checkbox] = ["Widget", "Select", "CheckboxInput"].map((name) => kinds[`wagtail.widgets.${name}`]);
  const choosers = ["images.widgets.ImageChooser", "documents.widgets.DocumentChooser"].map((name) => kinds[`wagtail.${name}`]);
  // A text of fewer blocks is drawn whole; of a longer one so many at once.
  const SHORT = 16;
  const FIRST = 8;

  const hidden = (name, value, id) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    if (id) field.id = id;
    return field;
  };
  const paragraph = (words) => {
    const line = document.createElement("p");
    line.dir = "auto";
    line.textContent = words;
    return line;
  };

  // A block that is drawn otherwise than this script knows is drawn at once.
  class Unknown extends Error {}

  // The plain control of a widget, taken from its own markup once.
  const controls = new Map();
  const control = (widget) => {
    if (!controls.has(widget)) {
      const template = document.createElement("template");
      template.innerHTML = widget.html.trim();
      const [only, ...others] = template.content.childNodes;
      if (others.length || !only?.matches?.("input, textarea, select")) throw new Unknown(widget.html);
      for (const attribute of ["data-controller", "required", "class"]) only.removeAttribute(attribute);
      controls.set(widget, only);
    }
    return controls.get(widget).cloneNode(true);
  };

  // Adds what the block posts to `into`, what there is to read to `words`.
  const post = (block, prefix, state, into, words) => {
    if (block.constructor === Field) postField(block.widget, prefix, state, into, words);
    else if (block.constructor === List) postList(block, prefix, state, into, words);
    else if (block.constructor === Struct || block.constructor === Image) postStruct(block, prefix, state || {}, into, words);
    else throw new Unknown(block.name);
  };
  const postField = (widget, name, state, into, words) => {
    if (widget.posted) {
      into.append(hidden(name, widget.posted(state), name));
      for (const block of JSON.parse(state)?.blocks || []) words.push(block.text);
    } else if (choosers.includes(widget.constructor)) {
      into.append(hidden(name, state?.id ?? "", name));
    } else if ([Plain, Select, Checkbox].includes(widget.constructor)) {
      const field = control(widget);
      Object.assign(field, { name, id: name });
      new widget.boundWidgetClass(field, name).setState(state);
      into.append(field);
      if (field.matches("[type=text], textarea")) words.push(field.value);
    } else throw new Unknown(name);
  };
  const postStruct = (block, prefix, state, into, words) => {
    if (block.meta.formTemplate) throw new Unknown(block.name);
    const group = ({ opts }) => {
      for (const [child] of [...opts.settings, ...opts.children]) {
        if (typeof child !== "string") group(child);
        // The picture's text is off while it is decoration.
        else if (block.constructor === Image && child === "alt_text" && state.decorative) words.push("");
        else post(block.childBlockDefsByName[child], `${prefix}-${child}`, state[child], into, words);
      }
    };
    group(block.meta.formLayout);
  };
  const postList = (block, prefix, items, into, words) => {
    into.append(hidden(`${prefix}-count`, items.length));
    items.forEach(({ value, id }, index) => {
      if (!id) throw new Unknown(prefix);
      into.append(...frame(`${prefix}-${index}`, index, "", id));
      post(block.childBlockDef, `${prefix}-${index}-value`, value, into, words);
    });
  };
  const frame = (prefix, order, type, id) =>
    [["deleted", ""], ["order", order], ["type", type], ["id", id || ""]].map(([name, value]) => hidden(`${prefix}-${name}`, value));

  // Near: what one or two turns of the wheel bring into view.
  const near = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) one.target.wake();
  }, { rootMargin: "800px 0px", scrollMargin: "800px 0px" });

  // One block of a stream that is not drawn yet; the stream asks of it what it asks of each.
  class Later {
    constructor(make, definition, placeholder, prefix, index, id, state, sequence) {
      Object.assign(this, { type: definition.name, prefix, index, id, state, sequence, can: new Map() });
      const fields = document.createElement("div");
      const words = [];
      fields.hidden = true;
      fields.append(...frame(prefix, index, definition.name, id));
      this.order = fields.children[1];
      post(definition, `${prefix}-value`, state, fields, words);
      this.label = words.filter(Boolean).join(" ");
      this.make = (place) => make.call(sequence, definition, place, prefix, this.index, id, state, sequence, {});
      this.element = document.createElement("div");
      this.element.className = "desk-later";
      this.element.dataset.streamfieldChild = "";
      if (id) this.element.dataset.contentpath = id;
      this.element.wake = () => this.wake();
      const section = document.createElement("section");
      section.id = `block-${id}-section`;
      section.dataset.panel = "";
      section.setAttribute("role", "group");
      section.setAttribute("aria-labelledby", `block-${id}-heading`);
      const heading = document.createElement("h2");
      heading.id = `block-${id}-heading`;
      heading.setAttribute("aria-level", "3");
      heading.textContent = definition.meta.label;
      // What the map of the page is made of.
      const anchor = document.createElement("a");
      Object.assign(anchor, { hidden: true, href: `#${section.id}` });
      anchor.dataset.panelAnchor = "";
      const toggle = document.createElement("button");
      Object.assign(toggle, { hidden: true, type: "button" });
      toggle.dataset.panelToggle = "";
      const read = document.createElement("div");
      read.className = "desk-asleep";
      read.tabIndex = 0;
      for (const [name, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-label", definition.meta.label]]) read.setAttribute(name, value);
      read.append(...words.filter(Boolean).map(paragraph));
      read.addEventListener("focus", () => this.focus());
      read.addEventListener("mousedown", (event) => {
        if (event.button) return;
        event.preventDefault();
        this.focus();
      });
      section.append(anchor, toggle, heading, read);
      this.element.append(fields, section);
      placeholder.replaceWith(this.element);
      near.observe(this.element);
    }

    // The block itself, drawn in this one's place if it was not yet.
    wake() {
      if (this.awake) return this.awake;
      near.unobserve(this.element);
      this.awake = this.make(this.element);
      const place = this.sequence.children.indexOf(this);
      if (place >= 0) this.sequence.children[place] = this.awake;
      for (const [what, on] of this.can) this.awake[`${on ? "enable" : "disable"}${what}`]();
      return this.awake;
    }

    // The first thing to write in, ready before the next key can come.
    focus() {
      const content = this.wake().element.querySelector(".w-panel__content");
      const all = [...content.querySelectorAll('.desk-asleep, [contenteditable="true"], input:not([type="hidden"]), textarea, select, button')];
      all.find((one) => !one.closest("[data-block-settings]"))?.focus();
    }

    setIndex(index) { this.index = index; this.order.value = index; }
    getState() { return { type: this.type, value: this.state, id: this.id || null }; }
    getTextLabel(options) {
      const most = options?.maxLength;
      return most && this.label.length > most ? `${this.label.slice(0, most - 1)}…` : this.label;
    }
    getContentPath() { return window.comments?.getContentPath(this.element); }
  }
  for (const what of ["MoveUp", "MoveDown", "Duplication", "Split"]) {
    Later.prototype[`enable${what}`] = function () { this.can.set(what, true); };
    Later.prototype[`disable${what}`] = function () { this.can.set(what, false); };
  }
  // All else is asked of the block itself.
  for (const what of ["getValue", "getDuplicatedState", "setState", "setError", "collapse", "markDeleted", "split", "duplicate", "delete", "moveUp", "moveDown"]) {
    Later.prototype[what] = function (...given) { return this.wake()[what](...given); };
  }

  // The place to put a block between two others: its menu is made when somebody points at it.
  class Between {
    constructor(make, placeholder, options, sequence) {
      this.index = options.index;
      this.element = document.createElement("div");
      this.element.innerHTML = '<button type="button" class="c-sf-add-button"><svg class="icon icon-plus" aria-hidden="true"><use href="#icon-plus"></use></svg></button>';
      const button = this.element.firstElementChild;
      button.title = sequence.inserters[0].addButton[0].title;
      placeholder.replaceWith(this.element);
      const wake = (event) => {
        if (this.awake) return;
        this.awake = make.call(sequence, this.element, { ...options, index: this.index });
        const place = sequence.inserters.indexOf(this);
        if (place >= 0) sequence.inserters[place] = this.awake;
        if (event.type !== "pointerover") this.awake.addButton[0].focus();
        if (event.type === "click") this.awake.addButton[0].click();
      };
      for (const kind of ["pointerover", "focus", "click"]) button.addEventListener(kind, wake);
    }
    setIndex(index) { this.index = index; }
    delete() { this.element.remove(); }
  }

  // While `values` are put into the stream their blocks are put to later; the answer ends that.
  window.masthead.later = (stream, values) => {
    if (values.length < SHORT) return () => {};
    const Stream = Object.getPrototypeOf(stream);
    stream._createChild = function (definition, placeholder, prefix, index, id, state, sequence, options) {
      if (index >= FIRST) {
        try {
          return new Later(Stream._createChild, definition, placeholder, prefix, index, id, state, sequence);
        } catch (error) {
          if (!(error instanceof Unknown)) throw error;
        }
      }
      return Stream._createChild.call(this, definition, placeholder, prefix, index, id, state, sequence, options);
    };
    stream._createInsertionControl = function (placeholder, options) {
      if (options.index <= FIRST) return Stream._createInsertionControl.call(this, placeholder, options);
      return new Between(Stream._createInsertionControl, placeholder, options, this);
    };
    return () => {
      delete stream._createChild;
      delete stream._createInsertionControl;
    };
  };
})();
