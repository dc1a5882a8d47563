import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections on which nothing comes of it: those whose request does not arrive in time, however many bytes trickle in, those whose
/// answer is not read, and those whose answer says that they end.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  struct Limits: Sendable {
    /// For the first head of a connection to arrive whole; up to a half longer, so that those which came together do not end together.
    var firstHead = TimeAmount.seconds(10)
    /// From an answer to the next head.
    var nextHead = TimeAmount.seconds(60)
    /// From a head to the end of its answer.
    var answer = TimeAmount.seconds(300)
    /// So long the other side may go on sending after the last answer, so that it gets to read that.
    var linger = TimeAmount.seconds(2)
  }

  private let limits: Limits
  private var context: ChannelHandlerContext?
  private var deadline = NIODeadline.distantFuture
  /// When the timer fires. It is never cancelled, which would cost the more the more connections there are: it looks and goes on.
  private var timer: NIODeadline?
  private var requests = 0
  private var endsAfterAnswer = false

  init(_ limits: Limits = .init()) {
    self.limits = limits
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    close(after: limits.firstHead + .nanoseconds(.random(in: 0...limits.firstHead.nanoseconds / 2)))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) {
      requests += 1
      close(after: limits.answer)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      if head.headerFields[.connection]?.lowercased() == "close" { endsAfterAnswer = true }
    case .body: break
    case .end:
      requests -= 1
      if endsAfterAnswer {
        context.writeAndFlush(data, promise: promise)
        context.close(mode: .output, promise: nil)
        close(after: limits.linger)
        return
      }
      if requests == 0 { close(after: limits.nextHead) }
    }
    context.write(data, promise: promise)
  }

  private func close(after time: TimeAmount) {
    guard let context else { return }
    deadline = .now() + time
    if let timer, timer <= deadline { return }
    schedule(context)
  }

  private func schedule(_ context: ChannelHandlerContext) {
    let time = deadline
    timer = time
    _ = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in self?.timerFired(time) }
  }

  private func timerFired(_ time: NIODeadline) {
    // An earlier one has taken its place.
    guard timer == time, let context else { return }
    if .now() >= deadline {
      context.close(promise: nil)
    } else {
      schedule(context)
    }
  }
}
