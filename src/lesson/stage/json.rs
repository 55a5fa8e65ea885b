//! JSON, in requests and in responses.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode, http};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request with JSON in its body.
///
/// # Errors
///
/// What `request` was built wrongly with.
pub fn json_request(request: http::request::Builder, body: &str) -> http::Result<Request<Full<Bytes>>> {
    request.header(CONTENT_TYPE, JSON).body(Full::from(body.to_owned()))
}

/// A response with JSON in its body.
#[must_use]
pub fn json_response(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
