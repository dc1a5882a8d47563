import HTTPTransport
import Testing

@Suite struct EncodingTests {
  @Test(
    "Retry-After in all its forms",
    arguments: [
      ("3", Duration.seconds(3)), ("2.128", .milliseconds(2128)), (" 0 ", .zero), ("99999999", .seconds(3600)),
      ("Thu, 01 Jan 1970 00:02:00 GMT", .seconds(20)), ("Thursday, 01-Jan-70 00:02:00 GMT", .seconds(20)),
      ("Thu Jan  1 00:02:00 1970", .seconds(20)), ("Thu, 01 Jan 1970 00:00:00 GMT", .zero), ("soon", nil), ("", nil),
      ("-1", nil),
      ("1e3", nil), ("Thu, 99 Jan 1970 00:02:00 GMT", nil), ("1 2", nil),
    ])
  func retryAfter(text: String, expected: Duration?) {
    #expect(RetryAfter.parse(text, now: 100) == expected)
  }

  @Test("everything but the unreserved is encoded")
  func urls() {
    #expect(URLEncoding.pathSegment("a b/c|d@e+f%g#é~-._") == "a%20b%2Fc%7Cd%40e%2Bf%25g%23%C3%A9~-._")
    #expect(URLEncoding.formBody([("a", "1&2"), ("b", "=")]) == Array("a=1%262&b=%3D".utf8))
  }
}
