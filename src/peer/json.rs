//! JSON, in requests and in responses.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode, http};

use super::response;

const JSON: &str = "application/json";

/// A request with JSON in its body.
///
/// # Errors
///
/// What `request` was built wrongly with.
pub fn json_request(request: http::request::Builder, body: &str) -> http::Result<Request<Full<Bytes>>> {
    request.header(CONTENT_TYPE, HeaderValue::from_static(JSON)).body(Full::from(body.to_owned()))
}

/// A response with JSON in its body.
#[must_use]
pub fn json_response(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    response(status, JSON, body)
}
