//! As much of HTTP as JSON-RPC over it takes: one request and one answer on a connection.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// How long either side may keep silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest request that is passed on: far more than any client sends.
const MOST_BYTES: usize = 16 << 20;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    path: String,
    content_type: String,
    body: Vec<u8>,
}

/// Reads one request; nothing when the client has gone without one.
pub(crate) fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut bytes = Vec::new();
    loop {
        if let Some((mut request, at, length)) = head(&bytes)? {
            while bytes.len() < at + length {
                if read_more(stream, &mut bytes)? == 0 {
                    return Err(malformed("the body is cut short"));
                }
            }
            request.body = bytes[at..at + length].to_vec();
            return Ok(Some(request));
        }
        if read_more(stream, &mut bytes)? == 0 {
            return if bytes.is_empty() {
                Ok(None)
            } else {
                Err(malformed("the head is cut short"))
            };
        }
    }
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    if bytes.len() > MOST_BYTES {
        return Err(malformed("the request is too long"));
    }
    let mut part = [0; 16_384];
    let count = stream.read(&mut part)?;
    bytes.extend_from_slice(&part[..count]);
    Ok(count)
}

/// The request without its body, where the body begins, and its length; nothing while the head is
/// not whole.
fn head(bytes: &[u8]) -> io::Result<Option<(Request, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let at = match parsed.parse(bytes).map_err(|why| malformed(&why.to_string()))? {
        httparse::Status::Complete(at) => at,
        httparse::Status::Partial => return Ok(None),
    };
    let header = |name: &str| {
        let mut headers = parsed.headers.iter();
        let found = headers.find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| String::from_utf8_lossy(header.value).into_owned())
    };
    if header("transfer-encoding").is_some() {
        return Err(malformed("a body in chunks is not understood"));
    }
    let length = header("content-length").unwrap_or_else(|| "0".to_owned());
    let length = length.trim().parse().map_err(|_| malformed("its length is no number"))?;
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: parsed.path.unwrap_or_default().to_owned(),
        content_type: header("content-type").unwrap_or_default(),
        body: Vec::new(),
    };
    Ok(Some((request, at, length)))
}

/// Sends `request` to `host` and reads the whole answer, as bytes.
pub(crate) fn forward(host: &str, request: &Request) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let Request { method, path, content_type, body } = request;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content_type}\r\nContent-Length: \
         {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

fn malformed(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}
