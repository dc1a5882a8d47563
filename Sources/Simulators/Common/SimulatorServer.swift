import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import ServiceLifecycle

/// Something that answers requests and has no clock or socket of its own.
package protocol Simulator: Sendable {
  var faults: FaultPlan { get }
  /// Whether a request that is to be answered by a fault would have been let in: faults come after the sign-in.
  func respond(to request: SimulatedRequest) async -> SimulatedResponse
  /// The request's path with placeholders, for counting.
  func route(of request: SimulatedRequest) -> String
}

/// Serves a simulator on loopback. `/simulator/faults`, `/simulator/latency` and `/simulator/requests` control it.
package final class SimulatorServer: Sendable {
  package let port: Int
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  private init(port: Int, group: ServiceGroup, task: Task<Void, any Error>) {
    self.port = port
    self.group = group
    self.task = task
  }

  /// - Parameter port: 0 takes any that is free.
  /// - Returns: When the server accepts connections.
  package static func start(_ simulator: any Simulator, port: Int = 0) async throws -> SimulatorServer {
    let (ports, announcement) = AsyncThrowingStream<Int, any Error>.makeStream()
    var logger = Logger(label: "simulator")
    logger.logLevel = .critical
    let application = Application(
      responder: SimulatorResponder(simulator: simulator),
      configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 1024),
      onServerRunning: { channel in
        announcement.yield(channel.localAddress?.port ?? port)
        announcement.finish()
      }, logger: logger)
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    let task = Task {
      do { try await group.run() } catch {
        announcement.finish(throwing: error)
        throw error
      }
    }
    for try await port in ports { return SimulatorServer(port: port, group: group, task: task) }
    throw CancellationError()
  }

  package var url: String { "http://127.0.0.1:\(port)" }

  package func stop() async {
    await group.triggerGracefulShutdown()
    _ = await task.result
  }
}

private struct SimulatorResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  static let maxBodyBytes = 16 << 20

  let simulator: any Simulator

  func respond(to request: Request, context: Context) async throws -> Response {
    guard let body = try? await request.body.collect(upTo: Self.maxBodyBytes) else {
      return response(SimulatedResponse(413))
    }
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    headers["host"] = request.head.authority
    let simulated = SimulatedRequest(
      method: request.method.rawValue, target: request.head.path ?? "/", headers: headers,
      body: Array(body.readableBytesView))
    if simulated.path.first == "simulator", let answer = control(simulated) { return response(answer) }
    return response(await answer(simulated))
  }

  private func answer(_ request: SimulatedRequest) async -> SimulatedResponse {
    simulator.faults.count(request, route: simulator.route(of: request))
    let latency = simulator.faults.latency
    if latency > .zero { try? await Task.sleep(for: latency) }
    switch simulator.faults.next(for: request) {
    case nil:
      return await simulator.respond(to: request)
    case .status(let status, let retryAfter):
      let body: JSONValue = [
        "code": .integer(Int64(status)), "error": ["code": "SimulatedFault", "message": "simulated"],
      ]
      return SimulatedResponse(status, body, headers: retryAfter.map { ["Retry-After": $0] } ?? [:])
    case .lostAnswer:
      var answer = await simulator.respond(to: request)
      answer.breaksOff = true
      return answer
    case .garbage:
      return SimulatedResponse(200, text: "<html>gateway</html>", contentType: "text/html")
    case .delay(let milliseconds):
      try? await Task.sleep(for: .milliseconds(milliseconds))
      return await simulator.respond(to: request)
    }
  }

  private func control(_ request: SimulatedRequest) -> SimulatedResponse? {
    let faults = simulator.faults
    switch (request.method, request.path.dropFirst().first) {
    case ("POST", "faults"):
      guard let fault = request.json.flatMap(Fault.init) else { return SimulatedResponse(400) }
      faults.add(fault)
      return SimulatedResponse(204)
    case ("DELETE", "faults"):
      faults.clear()
      return SimulatedResponse(204)
    case ("PUT", "latency"):
      guard let milliseconds = request.json?["milliseconds"]?.integer else { return SimulatedResponse(400) }
      faults.latency = .milliseconds(milliseconds)
      return SimulatedResponse(204)
    case ("GET", "requests"):
      return SimulatedResponse(200, .object(faults.requests.mapValues { .integer(Int64($0)) }))
    case ("DELETE", "requests"):
      faults.resetRequests()
      return SimulatedResponse(204)
    default: return nil
    }
  }

  private func response(_ answer: SimulatedResponse) -> Response {
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    guard answer.breaksOff else {
      return Response(
        status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
    let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
    let body = ResponseBody(contentLength: max(answer.body.count, 10)) { writer in
      try await writer.write(half)
      throw CancellationError()
    }
    return Response(status: .init(code: answer.status), headers: headers, body: body)
  }
}
