FROM python:3.13
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
ENV PORT=8000
EXPOSE 8000
CMD python -m app --port $PORT
