//! XML documents, for the formats that are XML.

use std::fmt::Display;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::text::escape::multiline;

/// Spaces per level of nesting.
const INDENT: usize = 2;

/// Writes the XML declaration, then what `body` writes.
pub(crate) fn write_document(
    out: &mut dyn Write,
    body: impl FnOnce(&mut XmlWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut xml = XmlWriter(Writer::new_with_indent(out, b' ', INDENT));
    xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    body(&mut xml)?;
    writeln!(xml.0.get_mut())
}

/// An element's name and attributes.
pub(crate) struct XmlElement(BytesStart<'static>);

impl XmlElement {
    pub(crate) fn new(name: &'static str) -> Self {
        Self(BytesStart::new(name))
    }

    /// The value may be any text: control characters, which XML cannot hold, are replaced by visible ones.
    pub(crate) fn attribute(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.push_attribute((name, &*multiline(&value.to_string())));
        self
    }
}

/// Writes elements, each on a line of its own.
pub(crate) struct XmlWriter<'a>(Writer<&'a mut dyn Write>);

impl XmlWriter<'_> {
    pub(crate) fn empty(&mut self, element: XmlElement) -> io::Result<()> {
        self.0.write_event(Event::Empty(element.0))
    }

    pub(crate) fn text(&mut self, element: XmlElement, text: &str) -> io::Result<()> {
        let end = element.0.to_end().into_owned();
        self.0.write_event(Event::Start(element.0))?;
        self.0.write_event(Event::Text(BytesText::new(&multiline(text))))?;
        self.0.write_event(Event::End(end))
    }

    /// An element with other elements in it.
    pub(crate) fn element(
        &mut self,
        element: XmlElement,
        children: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let end: BytesEnd<'static> = element.0.to_end().into_owned();
        self.0.write_event(Event::Start(element.0))?;
        children(self)?;
        self.0.write_event(Event::End(end))
    }
}
