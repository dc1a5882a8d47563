import HTTPTypes
import NIOCore
import Testing

@testable import Service

@Suite("The ports of the listener")
struct ListenerPartTests {
  @Test("The internet's port serves notifications and bare probes, nothing else")
  func publicPort() {
    for (path, method) in [("/metrics", "GET"), ("/openapi.yaml", "GET"), ("/api/v1/job", "GET")] {
      guard case .nothing = Route.find(.init(method) ?? .get, path, in: .public) else {
        Issue.record("\(path) is there")
        continue
      }
    }
    for part in [ListenerPart.public, .all] {
      guard case .found(.notifications, _) = Route.find(.post, "/webhooks/graph", in: part) else {
        Issue.record("no notifications")
        continue
      }
    }
    guard case .found(.readyz, _) = Route.find(.get, "/readyz", in: .public) else {
      Issue.record("no probe")
      return
    }
    #expect(!ListenerPart.public.tellsDetails)
  }

  @Test("The management port takes no notifications")
  func managementPort() {
    guard case .nothing = Route.find(.post, "/webhooks/graph", in: .management) else {
      Issue.record("notifications are taken")
      return
    }
    guard case .found(.metrics, _) = Route.find(.get, "/metrics", in: .management) else {
      Issue.record("no metrics")
      return
    }
  }

  @Test("One address holds no more than its share, and gets it back")
  func share() throws {
    let counts = ConnectionCounts(limit: 2)
    let origin = try #require(ConnectionCounts.Origin(try SocketAddress(ipAddress: "192.0.2.1", port: 1)))
    let other = try #require(ConnectionCounts.Origin(try SocketAddress(ipAddress: "192.0.2.2", port: 1)))
    #expect(counts.enter(origin) && counts.enter(origin) && !counts.enter(origin) && counts.enter(other))
    counts.leave(origin)
    #expect(counts.enter(origin))
  }

  @Test("A network of IPv6 counts as one address, and an IPv4 address within IPv6 as itself")
  func origins() throws {
    func origin(_ text: String) throws -> ConnectionCounts.Origin? {
      ConnectionCounts.Origin(try SocketAddress(ipAddress: text, port: 1))
    }
    #expect(try origin("2001:db8::1") == origin("2001:db8::2"))
    #expect(try origin("2001:db8::1") != origin("2001:db8:0:1::1"))
    #expect(try origin("::ffff:192.0.2.1") == origin("192.0.2.1"))
    #expect(try origin("::ffff:192.0.2.1") != origin("::ffff:192.0.2.2"))
  }
}
