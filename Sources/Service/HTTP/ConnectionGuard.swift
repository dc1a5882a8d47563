import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections on which nothing comes of it: those whose request does not arrive in time, however many bytes trickle in, those whose
/// answer is not read, and those whose answer says that they end. Also those with too many requests ahead of their answers, those of an
/// address that holds its share already, and those whose request was answered before its body was there: that body is not read on.
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
    /// And so many bytes.
    var lingerBytes = 256 << 10
    /// Requests on one connection that have no answer yet. Each takes memory, however few bytes it came in.
    var unanswered = 16
  }

  private let limits: Limits
  private var context: ChannelHandlerContext?
  private var deadline = NIODeadline.distantFuture
  /// When the timer fires. It is never cancelled, which would cost the more the more connections there are: it looks and goes on.
  private var timer: NIODeadline?
  /// Heads that arrived, and whole requests among them.
  private var begun = 0
  private var received = 0
  private var answered = 0
  private var endsAfterAnswer = false
  /// Nothing that arrives is looked at any more.
  private var isEnding = false
  private var lingeredBytes = 0
  private let counts: ConnectionCounts?
  private var origin: ConnectionCounts.Origin?
  private let lingering: Slots
  private var hasSlot = false

  /// - Parameters:
  ///   - counts: Nil does not count by address.
  ///   - lingering: Connections that may go on sending after their last answer; each holds buffers. Others are closed with it.
  init(_ limits: Limits = .init(), counts: ConnectionCounts? = nil, lingering: Slots = Slots(64)) {
    self.limits = limits
    self.counts = counts
    self.lingering = lingering
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    close(after: limits.firstHead + .nanoseconds(.random(in: 0...limits.firstHead.nanoseconds / 2)))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    if let origin { counts?.leave(origin) }
    origin = nil
    if hasSlot { lingering.giveBack() }
    hasSlot = false
  }

  func channelActive(context: ChannelHandlerContext) {
    if let counts, let origin = ConnectionCounts.Origin(context.remoteAddress) {
      guard counts.enter(origin) else {
        isEnding = true
        context.close(promise: nil)
        return
      }
      self.origin = origin
    }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isEnding {
      if case .body(let bytes) = part { lingeredBytes += bytes.readableBytes }
      return
    }
    switch part {
    case .head:
      guard begun - answered < limits.unanswered else {
        isEnding = true
        context.close(promise: nil)
        return
      }
      begun += 1
      close(after: limits.answer)
    case .body: break
    case .end: received += 1
    }
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    // The rest stays with the sender.
    if isEnding, lingeredBytes >= limits.lingerBytes { return }
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var data = data
    switch unwrapOutboundIn(data) {
    case .head(var head):
      // The body of this request is not there whole, and is not waited for.
      if received <= answered {
        head.headerFields[.connection] = "close"
        data = wrapOutboundOut(.head(head))
      }
      if head.headerFields[.connection]?.lowercased() == "close" { endsAfterAnswer = true }
    case .body: break
    case .end:
      answered += 1
      if endsAfterAnswer {
        end(context, with: data, promise)
        return
      }
      if begun == answered { close(after: limits.nextHead) }
    }
    context.write(data, promise: promise)
  }

  /// Writes the last part of the last answer.
  private func end(_ context: ChannelHandlerContext, with data: NIOAny, _ promise: EventLoopPromise<Void>?) {
    isEnding = true
    hasSlot = lingering.take()
    context.writeAndFlush(data, promise: promise)
    context.close(mode: hasSlot ? .output : .all, promise: nil)
    if hasSlot { close(after: limits.linger) }
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
